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
  /** Whether none is a choice too, told as "". */
  isOptional?: boolean;
  onChange: (day: string) => void;
  /** The day that stood there when the field was left, if it was typed. */
  onLeave?: (day: string) => void;
}

export function DayField({ label, value, max, isOptional = false, onChange, onLeave }: DayFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const isTold = (text: string) => (text === "" ? isOptional : isDay(text) && (!max || text <= max));
  const type = (text: string) => {
    setDraft(text);
    if (isTold(text)) onChange(text);
  };
  const leave = () => {
    setDraft(null);
    if (draft !== null && isTold(draft)) onLeave?.(draft);
  };
  return (
    <TextField
      type="date"
      size="small"
      label={label}
      value={draft ?? value}
      onChange={(event) => type(event.target.value)}
      onBlur={leave}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { min: FIRST_DAY, max } }}
      sx={{ flexGrow: { xs: isOptional ? 1 : 0, sm: 0 }, minWidth: 150 }}
    />
  );
}
