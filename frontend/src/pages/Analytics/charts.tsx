// The bars themselves, by MUI's charts; loaded when there is something to draw.
import Box from "@mui/material/Box";
import { BarChart } from "@mui/x-charts/BarChart";
import { useMemo } from "react";
import { useNavigate } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { localDay, useFormat } from "@/i18n/useFormat";
import { useAddress } from "@/time/zone";

import type { Bucket, Per } from "./buckets";
import { analyticsTexts } from "./texts";

interface DaysChartProps {
  per: Per;
  buckets: Bucket[];
  height: number;
  /** What who cannot see it is told instead. */
  label: string;
  nameOf: (day: string) => string;
}

const LABEL_GAP = 24;
/** So many bars need all the room there is. */
const MANY = 150;

export default function DaysChart({ per, buckets, height, label, nameOf }: DaysChartProps) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const navigate = useNavigate();
  const address = useAddress();
  const short = useShortNames(per, buckets);
  return (
    <Box
      role="img"
      aria-label={label}
      sx={{
        mx: -1,
        // Not by `borderRadius`: the shapes that cut the corners stay where they are when the chart changes its width.
        "& .MuiBarElement-root": { rx: buckets.length > MANY ? 0 : "3px" },
        ...(per === "day" ? { "& svg": { cursor: "pointer" } } : {}),
      }}
    >
      <BarChart
        height={height}
        skipAnimation
        hideLegend
        grid={{ horizontal: true }}
        margin={{ top: 8, right: 28, bottom: 0, left: 0 }}
        xAxis={[
          {
            data: buckets.map(({ day }) => day),
            scaleType: "band",
            categoryGapRatio: buckets.length > MANY ? 0.1 : 0.25,
            disableTicks: true,
            tickLabelMinGap: LABEL_GAP,
            valueFormatter: (day: string, { location }) => (location === "tick" ? short(day) : nameOf(day)),
          },
        ]}
        yAxis={[{ width: 44, disableLine: true, disableTicks: true, tickMinStep: 1, valueFormatter: (count: number) => format.compact(count) }]}
        series={[
          {
            data: buckets.map(({ count }) => count),
            label: t.plays,
            color: "var(--mui-palette-primary-main)",
            valueFormatter: (count) => format.number(count ?? 0),
          },
        ]}
        // A short cut: the table has the same as links.
        onAxisClick={(_, clicked) => {
          const day = clicked?.axisValue;
          if (per === "day" && typeof day === "string") void navigate(address("/timeline", { date: day }));
        }}
      />
    </Box>
  );
}

/** As short as can be told apart: with the year where there are several. */
function useShortNames(per: Per, buckets: Bucket[]): (day: string) => string {
  const { locale } = useFormat();
  const hasYears = buckets.at(0)?.day.slice(0, 4) !== buckets.at(-1)?.day.slice(0, 4);
  return useMemo(() => {
    const style: Intl.DateTimeFormatOptions = hasYears
      ? { month: "short", year: "numeric" }
      : { month: "short", ...(per === "month" ? {} : { day: "numeric" }) };
    const written = new Intl.DateTimeFormat(locale, style);
    return (day) => written.format(localDay(day));
  }, [locale, hasYears, per]);
}
