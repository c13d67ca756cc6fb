// Which days count? One press for a span that ends today, or two days of one's own; the address keeps them.
import Stack from "@mui/material/Stack";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { searchNow } from "@/shared/searching";
import { DayField } from "@/time/DayField";

import { SPANS, wantedOf, type Days, type Span, type Wanted } from "./range";
import { analyticsTexts } from "./texts";

const ENDS = ["from", "to"] as const;

interface RangeBarProps {
  wanted: Wanted;
  /** The days themselves; those of all time begin with the first that had plays. */
  days: Days;
  today: string;
}

export function RangeBar({ wanted, days, today }: RangeBarProps) {
  const t = useTexts(analyticsTexts);
  const setSearch = useSearchParams()[1];
  const set = (chosen: { span: Span } | Days, replace: boolean) => {
    const after = searchNow();
    for (const name of ["span", "from", "to"]) after.delete(name);
    if ("span" in chosen) after.set("span", chosen.span);
    else {
      after.set("from", chosen.from);
      after.set("to", chosen.to);
    }
    setSearch(after, { replace, preventScrollReset: true });
  };
  /** One end of the days; the other is the one in the address, or else the one that is shown. */
  const withEnd = (end: keyof Days, day: string): Days => {
    const before = wantedOf(searchNow());
    return { ...("span" in before ? days : before), [end]: day };
  };
  /** A browser tells January while November is being typed: an end beyond the other is none yet. */
  const type = (end: keyof Days, day: string) => {
    const after = withEnd(end, day);
    if (after.from <= after.to) set(after, true);
  };
  /** Who leaves the field with it means it: that day alone. */
  const settle = (end: keyof Days, day: string) => {
    const after = withEnd(end, day);
    if (after.from > after.to) set({ from: day, to: day }, true);
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
        {ENDS.map((end) => (
          <DayField key={end} label={t[end]} value={days[end]} max={today} onChange={(day) => type(end, day)} onLeave={(day) => settle(end, day)} />
        ))}
      </Stack>
    </Stack>
  );
}
