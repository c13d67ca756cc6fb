// Which plays are looked for? The filters, kept in the address so that a link keeps them.
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { useTyped } from "@/shared/useTyped";
import { DayField } from "@/time/DayField";

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
      <DayField isOptional label={t.from} value={draft.from} onChange={(from) => set({ from })} />
      <DayField isOptional label={t.to} value={draft.to} onChange={(to) => set({ to })} />
      {draft.artist && <Removable label={t.artist(draft.artist)} onRemove={() => set({ artist: "" })} />}
      {draft.album && <Removable label={t.album(draft.album)} onRemove={() => set({ album: "" })} />}
      {isAny && (
        <Button onClick={() => set(NONE)} size="small">
          {t.clear}
        </Button>
      )}
    </Stack>
  );
}

/** Kept in the address as a whole: each change by itself would be lost to the next one while the router is still on its way. */
function useDraft(filters: Filters): [Filters, (changes: Partial<Filters>) => void] {
  const [, setSearch] = useSearchParams();
  const tell = (wanted: Filters) => {
    const search = Object.entries(wanted).filter(([, value]) => value !== "");
    setSearch(search, { replace: true, preventScrollReset: true });
  };
  const [draft, change] = useTyped({ at: filters, trim: trimmed, tell });
  return [draft, (changes) => change((now) => ({ ...now, ...changes }))];
}

function trimmed(filters: Filters): Filters {
  return { ...filters, text: filters.text.trim() };
}

/** The cross of a chip is for the mouse alone: the chip itself does the same. */
function Removable({ label, onRemove }: { label: string; onRemove: () => void }) {
  const t = useTexts(journalTexts);
  return <Chip label={label} aria-label={t.remove(label)} onClick={onRemove} onDelete={onRemove} sx={{ maxWidth: 1, minHeight: 40 }} />;
}
