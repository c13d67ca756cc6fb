// Which values has a person set, and does a provider say otherwise by now? Each can be taken back, and others set.
import { mdiAlertOutline, mdiPencilOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useMutation, useQuery, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { BusyButton } from "@/shared/BusyButton";
import { Icon } from "@/shared/Icon";
import { Loaded } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";
import { Trouble } from "@/shared/Trouble";
import type { Explanation } from "@/shared/Why";

import { fieldTexts, isFieldName, type FieldName } from "./fieldTexts";
import { OverrideDialog, type Shape } from "./OverrideDialog";
import { overrideTexts } from "./overrideTexts";
import { Section } from "./Section";

export interface Overriding {
  /** What the thing's queries begin with; all of them are asked again once something is set. */
  thing: QueryKey;
  /** The fields that may be set, and what their values look like. */
  fields: Partial<Record<FieldName, Shape>>;
  explain: (signal: AbortSignal) => Promise<Explanation[]>;
  set: (field: FieldName, value: unknown, reason: string) => Promise<unknown>;
  unset: (field: string) => Promise<unknown>;
}

export function Overrides({ overriding }: { overriding: Overriding }) {
  const t = useTexts(overrideTexts);
  const [isOpen, setOpen] = useState(false);
  const query = useQuery({
    queryKey: [...overriding.thing, "explain"],
    queryFn: async ({ signal }) => (await overriding.explain(signal)).filter((each) => each.override !== null),
  });
  return (
    <Section
      title={t.title}
      actions={
        <Button startIcon={<Icon path={mdiPencilOutline} />} aria-haspopup="dialog" onClick={() => setOpen(true)}>
          {t.set}
        </Button>
      }
    >
      <Loaded query={query}>
        {(explanations) =>
          explanations.length === 0 ? (
            <Typography color="text.secondary">{t.none}</Typography>
          ) : (
            <Stack component="ul" spacing={2} sx={{ m: 0, p: 0, listStyle: "none" }}>
              {explanations.map((each) => (
                <OneOverride key={each.field} explanation={each} overriding={overriding} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {isOpen && <OverrideDialog overriding={overriding} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function OneOverride({ explanation, overriding }: { explanation: Explanation; overriding: Overriding }) {
  const t = useTexts(overrideTexts);
  const fields = useTexts(fieldTexts);
  const queries = useQueryClient();
  const unset = useMutation({
    mutationFn: () => overriding.unset(explanation.field),
    onSuccess: () => queries.invalidateQueries({ queryKey: overriding.thing }),
  });
  const { override } = explanation;
  const name = isFieldName(explanation.field) ? fields[explanation.field] : explanation.field;
  return (
    <Box component="li">
      <Box sx={{ display: "flex", alignItems: "center", gap: 1 }}>
        <Typography sx={{ fontWeight: 600, flexGrow: 1, minWidth: 0 }}>{name}</Typography>
        <BusyButton size="small" aria-label={t.takeBackOf(name)} isBusy={unset.isPending} onClick={() => unset.mutate()}>
          {t.takeBack}
        </BusyButton>
      </Box>
      <Typography variant="body2" sx={{ overflowWrap: "anywhere" }}>
        {inWords(override?.value)}
      </Typography>
      <Typography variant="body2" color="text.secondary" sx={{ overflowWrap: "anywhere" }}>
        {override?.reason && <q>{override.reason}</q>} {t.since} <RelativeTime time={override?.create_time} />
      </Typography>
      {override?.differs_upstream && (
        <Typography variant="body2" sx={{ color: "warning.main", display: "flex", gap: 0.5, alignItems: "center" }}>
          <Icon path={mdiAlertOutline} fontSize="small" />
          <span>
            {t.differs} (<RelativeTime time={override.differs_since_time} />)
          </span>
        </Typography>
      )}
      {unset.error && <Trouble error={unset.error} />}
    </Box>
  );
}

/** A value in the shape of its field: a number, words, or things that have a name or a text. */
function inWords(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  if (typeof value === "object" && value !== null) {
    if ("name" in value) return inWords(value.name);
    if ("content" in value) return inWords(value.content);
  }
  return "";
}
