// How much was played on each day? Bars for days, weeks or months, as long spans need; a bar, and a row of the table, leads to its day.
import Link from "@mui/material/Link";
import Skeleton from "@mui/material/Skeleton";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { Suspense, useMemo } from "react";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { localDay, useFormat } from "@/i18n/useFormat";
import { searchNow } from "@/shared/searching";
import { patientLazy } from "@/shell/loading";
import { monthOf } from "@/time/days";
import { useAddress } from "@/time/zone";

import type { Known } from "./asking";
import { bucketsOf, isDrawable, PER, usualPer, type Bucket, type Per } from "./buckets";
import { ChartCard } from "./ChartCard";
import { DataTable } from "./DataTable";
import type { Days } from "./range";
import { analyticsTexts } from "./texts";

const DaysChart = patientLazy(() => import("./charts"));

const HEIGHT = 260;
const HEADS = { day: "day", week: "weekFrom", month: "monthOf" } as const;
const MOSTS = { day: "most", week: "mostFrom", month: "mostIn" } as const;

export function DaysCard({ known, days }: { known: Known; days: Days }) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const nameOf = useBucketName();
  const [search, setSearch] = useSearchParams();
  const address = useAddress();
  const wanted = PER.find((per) => per === search.get("per"));
  const per = wanted && isDrawable(wanted, days) ? wanted : usualPer(days);
  const buckets = useMemo(() => bucketsOf(per, days, known.days), [per, days, known.days]);
  const most = buckets.reduce<Bucket | null>((best, each) => (best === null || each.count > best.count ? each : best), null);
  const title = t[`playsPer${per}`];
  const summary = most ? t[MOSTS[per]](nameOf(per, most.day), t.countOfPlays(most.count)) : "";
  const change = (next: Per | null) => {
    if (!next) return;
    const after = searchNow();
    after.set("per", next);
    setSearch(after, { replace: true, preventScrollReset: true });
  };
  // Weeks and months lead to their days here, days to their hours.
  const rows = buckets
    .filter(({ count }) => count > 0)
    .map(({ day, count }) => [
      per === "day" ? <Link href={address("/timeline", { date: day })}>{nameOf(per, day)}</Link> : nameOf(per, day),
      format.number(count),
    ]);
  return (
    <ChartCard
      title={title}
      table={<DataTable label={title} columns={[t[HEADS[per]], t.plays]} rows={rows} />}
      above={
        <ToggleButtonGroup exclusive size="small" value={per} onChange={(_, next: Per | null) => change(next)} aria-label={t.per} sx={{ mb: 1 }}>
          {PER.map((each) => (
            <ToggleButton key={each} value={each} disabled={!isDrawable(each, days)}>
              {t[`per${each}`]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      }
      below={
        <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
          {summary}
        </Typography>
      }
    >
      <Suspense fallback={<Skeleton variant="rounded" height={HEIGHT} />}>
        <DaysChart per={per} buckets={buckets} height={HEIGHT} label={`${title}. ${summary}`} nameOf={(day) => nameOf(per, day)} />
      </Suspense>
    </ChartCard>
  );
}

function useBucketName(): (per: Per, day: string) => string {
  const format = useFormat();
  const month = useMemo(() => new Intl.DateTimeFormat(format.locale, { month: "long", year: "numeric" }), [format.locale]);
  return (per, day) => (per === "month" ? month.format(localDay(monthOf(day))) : format.date(localDay(day)));
}
