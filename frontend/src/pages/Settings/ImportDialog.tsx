// Which plays are to be brought in: from where, how many, of which days, and really or just counted?
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import FormControlLabel from "@mui/material/FormControlLabel";
import FormHelperText from "@mui/material/FormHelperText";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Checkbox from "@mui/material/Checkbox";
import TextField from "@mui/material/TextField";
import { useId, useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { localDay } from "@/i18n/useFormat";
import { BusyButton } from "@/shared/BusyButton";
import { Trouble } from "@/shared/Trouble";

import { useBringIn, type Wanted } from "./imports";
import { settingsTexts } from "./texts";

interface Form {
  source: "lastfm" | "listenbrainz" | "file";
  file: File | null;
  count: string;
  from: string;
  to: string;
  dryRun: boolean;
  anew: boolean;
  enrich: boolean;
}

/** So much the gateway takes of a file. */
const MOST_MEBIBYTES = 20;
const EMPTY: Form = { source: "lastfm", file: null, count: "", from: "", to: "", dryRun: false, anew: false, enrich: true };

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const t = useTexts(settingsTexts);
  const id = useId();
  const [form, setForm] = useState(EMPTY);
  const set = (changes: Partial<Form>) => setForm((before) => ({ ...before, ...changes }));
  const bring = useBringIn();
  const problems = problemsOf(form, t);
  const submit = () => {
    if (form.source !== "file") bring.mutate(wantedOf(form), { onSuccess: onClose });
    else if (form.file) bring.mutate({ file: form.file, dryRun: form.dryRun }, { onSuccess: onClose });
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={id}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!problems.any && !bring.isPending) submit();
        }}
      >
        <DialogTitle id={id}>{t.importHistory}</DialogTitle>
        <DialogContent>
          <Stack spacing={2.5} sx={{ pt: 1 }}>
            <TextField
              select
              label={t.source}
              value={form.source}
              onChange={(event) => set({ source: event.target.value as Form["source"] })}
            >
              <MenuItem value="lastfm">Last.fm</MenuItem>
              <MenuItem value="listenbrainz">ListenBrainz</MenuItem>
              <MenuItem value="file">{t.fromFile}</MenuItem>
            </TextField>
            {form.source === "file" ? (
              <FileChoice file={form.file} problem={problems.file} onChange={(file) => set({ file })} />
            ) : (
              <Which form={form} set={set} problems={problems} />
            )}
            <Check label={t.dryRun} words={t.dryRunWords} isOn={form.dryRun} onChange={(dryRun) => set({ dryRun })} />
            {form.source !== "file" && (
              <>
                <Check label={t.anew} words={t.anewWords} isOn={form.anew} onChange={(anew) => set({ anew })} />
                <Check label={t.enrich} words={t.enrichWords} isOn={form.enrich} onChange={(enrich) => set({ enrich })} />
              </>
            )}
            {bring.error && <Trouble error={bring.error} />}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t.close}</Button>
          <BusyButton type="submit" variant="contained" disabled={problems.any} isBusy={bring.isPending}>
            {form.dryRun ? t.countOnly : t.begin}
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface WhichProps {
  form: Form;
  set: (changes: Partial<Form>) => void;
  problems: Problems;
}

function Which({ form, set, problems }: WhichProps) {
  const t = useTexts(settingsTexts);
  const shrunk = { inputLabel: { shrink: true } };
  return (
    <>
      <TextField
        label={t.count}
        type="number"
        value={form.count}
        onChange={(event) => set({ count: event.target.value })}
        error={problems.count !== ""}
        helperText={problems.count || t.countWords}
        slotProps={{ htmlInput: { min: 1, step: 1 } }}
      />
      <Stack direction={{ xs: "column", sm: "row" }} spacing={2}>
        <TextField fullWidth type="date" label={t.fromDay} value={form.from} onChange={(event) => set({ from: event.target.value })} slotProps={shrunk} />
        <TextField
          fullWidth
          type="date"
          label={t.toDay}
          value={form.to}
          onChange={(event) => set({ to: event.target.value })}
          error={problems.days !== ""}
          helperText={problems.days}
          slotProps={shrunk}
        />
      </Stack>
    </>
  );
}

interface FileChoiceProps {
  file: File | null;
  problem: string;
  onChange: (file: File | null) => void;
}

function FileChoice({ file, problem, onChange }: FileChoiceProps) {
  const t = useTexts(settingsTexts);
  const id = useId();
  const words = useId();
  return (
    <div>
      <label htmlFor={id}>{t.chooseFile}</label>
      <br />
      <input
        id={id}
        type="file"
        aria-invalid={problem !== ""}
        aria-describedby={words}
        onChange={(event) => onChange(event.target.files?.[0] ?? null)}
      />
      <FormHelperText id={words} role="status" error={problem !== ""}>
        {problem || (file ? file.name : t.fileWords)}
      </FormHelperText>
    </div>
  );
}

interface CheckProps {
  label: string;
  words: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Check({ label, words, isOn, onChange }: CheckProps) {
  const id = useId();
  return (
    <div>
      <FormControlLabel
        label={label}
        control={
          <Checkbox checked={isOn} onChange={(_, checked) => onChange(checked)} slotProps={{ input: { "aria-describedby": id } }} />
        }
      />
      <FormHelperText id={id} sx={{ mt: -0.5, ml: 4 }}>
        {words}
      </FormHelperText>
    </div>
  );
}

interface Problems {
  count: string;
  days: string;
  file: string;
  any: boolean;
}

function problemsOf(form: Form, t: (typeof settingsTexts)["en"]): Problems {
  if (form.source === "file") {
    const file = form.file && form.file.size > MOST_MEBIBYTES * 2 ** 20 ? t.fileTooLarge(MOST_MEBIBYTES) : "";
    return { count: "", days: "", file, any: form.file === null || file !== "" };
  }
  const number = Number(form.count);
  const count = form.count !== "" && (!Number.isInteger(number) || number < 1) ? t.countWrong : "";
  const days = form.from && form.to && form.from > form.to ? t.daysWrong : "";
  return { count, days, file: "", any: count !== "" || days !== "" };
}

function wantedOf(form: Form): Wanted {
  const end = form.to ? localDay(form.to) : null;
  end?.setDate(end.getDate() + 1);
  return {
    source: form.source,
    limit: form.count ? Number(form.count) : 0,
    ...(form.from ? { from: localDay(form.from).toISOString() } : {}),
    ...(end ? { to: end.toISOString() } : {}),
    dry_run: form.dryRun,
    skip_existing: !form.anew,
    enrich_albums: form.enrich,
  };
}
