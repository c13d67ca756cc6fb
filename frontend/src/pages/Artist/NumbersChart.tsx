// A number over time, as a curve. Only changes are kept, so it stays level until the next one, and to when it was confirmed last.
import { LineChart } from "@mui/x-charts/LineChart";

import { useFormat } from "@/i18n/useFormat";

import type { NumberSeries } from "./asking";

const DAY_MS = 86_400_000;

export default function NumbersChart({ series, label }: { series: NumberSeries; label: string }) {
  const format = useFormat();
  const points = [...series.points, { time: series.retrieved_at, value: series.value }].filter(({ time }) => time !== null);
  const times = points.map(({ time }) => new Date(time ?? 0));
  const span = (times.at(-1)?.getTime() ?? 0) - (times[0]?.getTime() ?? 0);
  const values = points.map(({ value }) => value);
  return (
    <LineChart
      height={260}
      skipAnimation
      hideLegend
      aria-label={label}
      margin={{ left: 0, right: 24, top: 16, bottom: 0 }}
      grid={{ horizontal: true }}
      xAxis={[
        {
          data: times,
          scaleType: "time",
          tickNumber: 4,
          valueFormatter: (time: Date, { location }) =>
            location === "tooltip" ? format.moment(time) : span > 2 * DAY_MS ? format.date(time) : format.time(time),
        },
      ]}
      yAxis={[{ width: 64, min: Math.min(...values) === Math.max(...values) ? 0 : undefined, valueFormatter: (value: number) => format.compact(value) }]}
      series={[
        {
          data: values,
          label,
          curve: "stepAfter",
          color: "var(--mui-palette-primary-main)",
          showMark: ({ index }) => index < series.points.length,
          valueFormatter: (value) => (value === null ? "" : format.number(value)),
        },
      ]}
    />
  );
}
