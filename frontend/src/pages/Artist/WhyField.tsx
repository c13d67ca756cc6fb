// Why is this field of the artist believed?
import { useTexts } from "@/i18n/LanguageProvider";
import { fieldTexts, type FieldName } from "@/facts/fieldTexts";
import { Why } from "@/shared/Why";

import { explainField } from "./asking";

export function WhyField({ id, field }: { id: string; field: FieldName }) {
  const names = useTexts(fieldTexts);
  return (
    <Why label={names[field]} queryKey={["artist", id, "explain", field]} explain={(signal) => explainField(id, field, signal)} />
  );
}
