// Why is this field of the album believed?
import { fieldTexts, type FieldName } from "@/facts/fieldTexts";
import { useTexts } from "@/i18n/LanguageProvider";
import { Why } from "@/shared/Why";

import { explainField } from "./asking";

export function WhyField({ id, field }: { id: string; field: FieldName }) {
  const names = useTexts(fieldTexts);
  return (
    <Why label={names[field]} queryKey={["album", id, "explain", field]} explain={(signal) => explainField(id, field, signal)} />
  );
}
