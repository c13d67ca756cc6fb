// Which plays are looked for? The filters, kept in the address so that a link keeps them.
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { useTypingPause } from "@/shared/useTypingPause";

import { FILTER_NAMES, type Filters } from "./asking";
import { journalTexts } from "./texts";

const NONE: Filters = { text: "", artist: "", album: "", from: "", to: "" };

export function FilterBar({ filters }: { filters: Filters }) {
  const t = useTexts(journalTexts);
  const [draft, set] = useDraft(filters);
  const isAny = FILTER_NAMES.some((name) => draft[name] !== "");
  return (
    <Stack role="search" direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: "wrap", alignItems: "center", mb: 2 }}>
      <TextField
        type="search"
        size="small"
        label={t.search}
        value={draft.text}
        onChange={(event) => set({ text: event.target.value })}
        sx={{ flexGrow: 1, minWidth: 220 }}
      />
      <Day label={t.from} value={draft.from} onChange={(from) => set({ from })} />
      <Day label={t.to} value={draft.to} onChange={(to) => set({ to })} />
      {draft.artist && <Chip label={t.artist(draft.artist)} onDelete={() => set({ artist: "" })} />}
      {draft.album && <Chip label={t.album(draft.album)} onDelete={() => set({ album: "" })} />}
      {isAny && (
        <Button onClick={() => set(NONE)} size="small">
          {t.clear}
        </Button>
      )}
    </Stack>
  );
}

/**
 * What stands in the fields, and goes into the address as a whole once one pauses. Each change by itself would be lost to the next one
 * while the router is still on its way.
 */
function useDraft(filters: Filters): [Filters, (changes: Partial<Filters>) => void] {
  const [, setSearch] = useSearchParams();
  const [draft, setDraft] = useState(filters);
  const [before, setBefore] = useState(filters);
  if (!isSame(before, filters)) {
    // The address has changed: by what was typed here, or by a link or the way back.
    setBefore(filters);
    if (!isSame(trimmed(draft), filters)) setDraft(filters);
  }
  useTypingPause(draft, () => {
    const wanted = trimmed(draft);
    if (isSame(wanted, filters)) return;
    const search = Object.entries(wanted).filter(([, value]) => value !== "");
    setSearch(search, { replace: true, preventScrollReset: true });
  });
  return [draft, (changes) => setDraft((now) => ({ ...now, ...changes }))];
}

function trimmed(filters: Filters): Filters {
  return { ...filters, text: filters.text.trim() };
}

function isSame(one: Filters, other: Filters): boolean {
  return FILTER_NAMES.every((name) => one[name] === other[name]);
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return (
    <TextField
      type="date"
      size="small"
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ inputLabel: { shrink: true } }}
      sx={{ flexGrow: { xs: 1, sm: 0 }, minWidth: 150 }}
    />
  );
}
