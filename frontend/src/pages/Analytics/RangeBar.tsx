// Which days count? One press for a span that ends today, or two days of one's own; the address keeps them.
import Stack from "@mui/material/Stack";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";

import { DayField } from "../Timeline/DayField";
import { SPANS, type Days, type Span, type Wanted } from "./range";
import { analyticsTexts } from "./texts";

interface RangeBarProps {
  wanted: Wanted;
  /** The days themselves; those of all time begin with the first that had plays. */
  days: Days;
  today: string;
}

export function RangeBar({ wanted, days, today }: RangeBarProps) {
  const t = useTexts(analyticsTexts);
  const [search, setSearch] = useSearchParams();
  const set = (chosen: { span: Span } | Days, replace: boolean) => {
    const after = new URLSearchParams(search);
    for (const name of ["span", "from", "to"]) after.delete(name);
    if ("span" in chosen) after.set("span", chosen.span);
    else {
      after.set("from", chosen.from);
      after.set("to", chosen.to);
    }
    setSearch(after, { replace, preventScrollReset: true });
  };
  return (
    <Stack role="group" aria-label={t.range} direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: "wrap", alignItems: "center", mb: 1 }}>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={"span" in wanted ? wanted.span : null}
        onChange={(_, span: Span | null) => span && set({ span }, false)}
        sx={{ "& > button": { minHeight: 40, whiteSpace: "nowrap", px: { xs: 1, sm: 1.5 } } }}
      >
        {SPANS.map((span) => (
          <ToggleButton key={span} value={span}>
            {t[span]}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: "wrap" }}>
        <DayField label={t.from} value={days.from} max={days.to} onChange={(from) => set({ from, to: days.to }, true)} />
        <DayField
          label={t.to}
          value={days.to}
          max={today}
          onChange={(to) => set({ from: days.from < to ? days.from : to, to }, true)}
        />
      </Stack>
    </Stack>
  );
}
