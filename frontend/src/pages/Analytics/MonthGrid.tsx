// Which months are whole? A row a year, a square a month: a tick where nothing is missing, and else how much.
import { mdiCheck } from "@mdi/js";
import Box from "@mui/material/Box";
import { useMemo } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Icon } from "@/shared/Icon";

import { completenessTexts } from "./completenessTexts";
import { missingIn, useMonthName, type Month } from "./months";

const NUMBERS = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, "0"));

export function MonthGrid({ months }: { months: Month[] }) {
  const t = useTexts(completenessTexts);
  const letter = useMonthName("narrow");
  const known = useMemo(() => new Map(months.map((each) => [each.month, each])), [months]);
  const years = useMemo(() => Array.from(new Set(months.map(({ month }) => month.slice(0, 4)))), [months]);
  const count = (fits: (missing: number | null) => boolean) => t.months(months.filter((each) => fits(missingIn(each))).length);
  const summary = t.summary(
    count((missing) => missing === 0),
    count((missing) => missing !== null && missing > 0),
    count((missing) => missing === null),
  );
  return (
    <Box
      role="img"
      aria-label={summary}
      sx={{ display: "grid", gridTemplateColumns: "2.8em repeat(12, minmax(0, 1fr))", gap: "3px", fontSize: "0.75rem", maxWidth: 720 }}
    >
      <span />
      {NUMBERS.map((number) => (
        <Box key={number} sx={{ textAlign: "center", color: "text.secondary" }}>
          {letter(`2024-${number}`)}
        </Box>
      ))}
      {years.map((year) => [
        <Box key={year} sx={{ color: "text.secondary", alignSelf: "center" }}>
          {year}
        </Box>,
        ...NUMBERS.map((number) => <Square key={`${year}-${number}`} month={known.get(`${year}-${number}`)} />),
      ])}
    </Box>
  );
}

function Square({ month }: { month: Month | undefined }) {
  const t = useTexts(completenessTexts);
  const format = useFormat();
  const nameOf = useMonthName("long");
  if (!month) return <Box sx={{ height: 28, borderRadius: "4px", bgcolor: "action.hover", opacity: 0.4 }} />;
  const missing = missingIn(month);
  const state = missing === null ? t.unknown : missing === 0 ? t.complete : t.missingCount(format.number(missing));
  const colour = missing === null ? "text-secondary" : missing === 0 ? "success-main" : "warning-main";
  return (
    <Box
      title={`${nameOf(month.month)} · ${t.storedOnly(month.stored_count)} · ${state}`}
      sx={{ height: 28, borderRadius: "4px", display: "grid", placeItems: "center", fontWeight: 600, fontSize: "0.7rem", overflow: "hidden" }}
      style={{
        color: `var(--mui-palette-${colour})`,
        backgroundColor: `color-mix(in oklab, var(--mui-palette-${colour}) 14%, var(--mui-palette-background-paper))`,
      }}
    >
      {missing === null ? "?" : missing === 0 ? <Icon path={mdiCheck} sx={{ fontSize: 16 }} /> : `−${format.compact(missing)}`}
    </Box>
  );
}
