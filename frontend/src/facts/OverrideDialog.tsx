// How does a person set a value of their own? They choose a field, say what it is, and why.
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { BusyButton } from "@/shared/BusyButton";
import { Trouble } from "@/shared/Trouble";

import { fieldTexts, type FieldName } from "./fieldTexts";
import type { Overriding } from "./Overrides";
import { overrideTexts } from "./overrideTexts";

/** Words are a list, a text may have several lines. */
export type Shape = "words" | "text" | "line" | "number";

interface OverrideDialogProps {
  overriding: Overriding;
  onClose: () => void;
}

export function OverrideDialog({ overriding, onClose }: OverrideDialogProps) {
  const t = useTexts(overrideTexts);
  const names = useTexts(fieldTexts);
  const title = useId();
  const fields = Object.keys(overriding.fields) as FieldName[];
  const [field, setField] = useState<FieldName>(fields[0] ?? "tags");
  const [value, setValue] = useState("");
  const [reason, setReason] = useState("");
  const shape = overriding.fields[field] ?? "line";
  const queries = useQueryClient();
  const saving = useMutation({
    mutationFn: () => overriding.set(field, valueOf(shape, value), reason),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: overriding.thing });
    },
  });
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!saving.isPending) saving.mutate();
        }}
      >
        <DialogTitle id={title}>{t.dialog}</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: 2 }}>{t.words}</DialogContentText>
          <Stack spacing={2}>
            <TextField select label={t.field} value={field} onChange={(event) => setField(event.target.value as FieldName)}>
              {fields.map((each) => (
                <MenuItem key={each} value={each}>
                  {names[each]}
                </MenuItem>
              ))}
            </TextField>
            <TextField
              required
              label={t.value}
              value={value}
              onChange={(event) => setValue(event.target.value)}
              multiline={shape === "text"}
              minRows={shape === "text" ? 4 : undefined}
              helperText={shape === "words" ? t.valueWords : shape === "number" ? t.wholeNumber : undefined}
              slotProps={{ htmlInput: shape === "number" ? { inputMode: "numeric", pattern: "[0-9]+" } : {} }}
            />
            <TextField
              required
              label={t.reason}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              slotProps={{ htmlInput: { maxLength: 500 } }}
            />
            {saving.error && <Trouble error={saving.error} />}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t.cancel}</Button>
          <BusyButton type="submit" variant="contained" isBusy={saving.isPending}>
            {t.save}
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function valueOf(shape: Shape, typed: string): unknown {
  if (shape === "number") return Number(typed);
  if (shape === "words") return typed.split(",").map((word) => word.trim()).filter(Boolean);
  return typed.trim();
}
