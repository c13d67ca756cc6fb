// How is a day typed? What is half typed stays in the field; what is a day is told at once.
import TextField from "@mui/material/TextField";
import { useState } from "react";

import { FIRST_DAY, isDay } from "./days";

interface DayFieldProps {
  label: string;
  /** As 2026-11-26. */
  value: string;
  /** The last day that may be chosen, where there is one. */
  max?: string | undefined;
  onChange: (day: string) => void;
}

export function DayField({ label, value, max, onChange }: DayFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const type = (text: string) => {
    setDraft(text);
    if (isDay(text) && (!max || text <= max)) onChange(text);
  };
  return (
    <TextField
      type="date"
      size="small"
      label={label}
      value={draft ?? value}
      onChange={(event) => type(event.target.value)}
      onBlur={() => setDraft(null)}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { min: FIRST_DAY, max } }}
    />
  );
}
