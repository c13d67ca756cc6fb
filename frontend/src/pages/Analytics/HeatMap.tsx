// At which hours of the week is there music? A square for each, the fuller the more.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useMemo } from "react";

import type { Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { localDay, useFormat } from "@/i18n/useFormat";

import { ChartCard } from "./ChartCard";
import { DataTable } from "./DataTable";
import { analyticsTexts } from "./texts";

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const LABELLED_EVERY = 6;
/** The palest square that had plays, so that it is told from one that had none. */
const PALEST = 12;

export function HeatMap({ cells }: { cells: Of<"tracker">["HeatCell"][] }) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const short = useWeekdays("short");
  const long = useWeekdays("long");
  const counts = useMemo(() => new Map(cells.map((cell) => [keyOf(cell.weekday, cell.hour), cell.play_count])), [cells]);
  const count = (weekday: number, hour: number) => counts.get(keyOf(weekday, hour)) ?? 0;
  const most = cells.reduce<(typeof cells)[number] | null>((best, each) => (best && best.play_count >= each.play_count ? best : each), null);
  const summary = most ? t.heatMost(long(most.weekday), t.hourOf(most.hour), t.countOfPlays(most.play_count)) : "";
  const rows = HOURS.map((hour) => [t.hourOf(hour), ...WEEKDAYS.map((weekday) => format.number(count(weekday, hour)))]);
  return (
    <ChartCard
      title={t.heatMap}
      table={<DataTable label={t.heatMap} columns={[t.hour, ...WEEKDAYS.map(short)]} rows={rows} isDense />}
      below={
        <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
          {summary}
        </Typography>
      }
    >
      <Box role="img" aria-label={`${t.heatMap}. ${summary}`}>
        <Box sx={{ display: "grid", gridTemplateColumns: "2.6em repeat(24, minmax(0, 1fr))", gap: { xs: "2px", sm: "3px" }, fontSize: "0.75rem" }}>
          {WEEKDAYS.map((weekday) => [
            <Box key={weekday} sx={{ color: "text.secondary", alignSelf: "center", lineHeight: 1 }}>
              {short(weekday)}
            </Box>,
            ...HOURS.map((hour) => (
              <Square
                key={`${weekday}-${hour}`}
                share={count(weekday, hour) / (most?.play_count ?? 1)}
                title={`${long(weekday)} ${t.hourOf(hour)} · ${t.countOfPlays(count(weekday, hour))}`}
              />
            )),
          ])}
          <span />
          {HOURS.filter((hour) => hour % LABELLED_EVERY === 0).map((hour) => (
            <Box key={hour} sx={{ gridColumn: `span ${LABELLED_EVERY}`, color: "text.secondary", whiteSpace: "nowrap", pt: 0.5 }}>
              {t.hourOf(hour)}
            </Box>
          ))}
        </Box>
        <Legend />
      </Box>
    </ChartCard>
  );
}

function Square({ share, title }: { share: number; title?: string }) {
  return (
    <Box
      title={title}
      sx={{ aspectRatio: "1", maxHeight: 32, width: 1, borderRadius: "3px", bgcolor: "action.hover" }}
      style={
        share > 0
          ? { backgroundColor: `color-mix(in oklab, var(--mui-palette-primary-main) ${PALEST + share * (100 - PALEST)}%, var(--mui-palette-background-paper))` }
          : undefined
      }
    />
  );
}

function Legend() {
  const t = useTexts(analyticsTexts);
  return (
    <Box sx={{ display: "flex", alignItems: "center", justifyContent: "flex-end", gap: 0.5, mt: 1, fontSize: "0.75rem", color: "text.secondary" }}>
      {t.fewer}
      {[0, 0.05, 0.35, 0.7, 1].map((share) => (
        <Box key={share} sx={{ width: 14 }}>
          <Square share={share} />
        </Box>
      ))}
      {t.many}
    </Box>
  );
}

function keyOf(weekday: number, hour: number): number {
  return weekday * 24 + hour;
}

function useWeekdays(weekday: "short" | "long"): (number: number) => string {
  const { locale } = useFormat();
  return useMemo(() => {
    const written = new Intl.DateTimeFormat(locale, { weekday });
    // 1 January 2024 was a Monday.
    return (number) => written.format(localDay(`2024-01-0${number}`));
  }, [locale, weekday]);
}
