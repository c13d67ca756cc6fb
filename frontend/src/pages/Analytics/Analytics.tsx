// What was heard in some span of days, and how much? The days are in the address; whether all plays are here stands at the end.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useMemo } from "react";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { Empty, Loaded } from "@/shared/Loaded";
import { Page } from "@/shared/Page";
import { FIRST_DAY } from "@/time/days";
import { useToday } from "@/time/useToday";
import { useAddress, useIsClockHere } from "@/time/zone";
import { ZoneLine } from "@/time/ZoneLine";

import { useAnalytics, useAnalyticsBefore, type Known } from "./asking";
import { Completeness } from "./Completeness";
import { DaysCard } from "./DaysCard";
import { HeatMap } from "./HeatMap";
import { Newcomers } from "./Newcomers";
import { daysOf, wantedOf, type Days, type Wanted } from "./range";
import { RangeBar } from "./RangeBar";
import { analyticsTexts } from "./texts";
import { TopCard } from "./TopCard";
import { Totals } from "./Totals";

export default function Analytics() {
  const t = useTexts(analyticsTexts);
  const search = useSearchParams()[0];
  const wanted = useMemo(() => wantedOf(search), [search]);
  const today = useToday();
  return (
    <Page title={t.title}>
      <ZoneLine zone={today.data?.time_zone} />
      <Loaded query={today}>
        {({ date, play_count, previous_date, next_date }) => (
          <InDays wanted={wanted} today={date} isAnyPlay={play_count > 0 || Boolean(previous_date ?? next_date)} />
        )}
      </Loaded>
    </Page>
  );
}

interface InDaysProps {
  wanted: Wanted;
  today: string;
  /** Whether anything was ever played. */
  isAnyPlay: boolean;
}

function InDays({ wanted, today, isAnyPlay }: InDaysProps) {
  const days = daysOf(wanted, today);
  const query = useAnalytics(days);
  const shown = query.data ? withoutSilence(query.data) : days;
  return (
    <>
      <RangeBar wanted={wanted} days={query.isPlaceholderData ? days : shown} today={today} />
      <Loaded query={query}>
        {(known) => (
          <Box aria-busy={query.isPlaceholderData} sx={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}>
            {known.play_count === 0 ? <Nothing isAnyPlay={isAnyPlay} /> : <Everything known={known} days={shown} asked={{ from: known.from, to: known.to }} />}
          </Box>
        )}
      </Loaded>
      <Box sx={{ mt: 2 }}>
        <Completeness />
      </Box>
    </>
  );
}

/** All time begins with the first play. */
function withoutSilence({ from, to, days }: Known): Days {
  return { from: from === FIRST_DAY ? (days[0]?.date ?? from) : from, to };
}

function Nothing({ isAnyPlay }: { isAnyPlay: boolean }) {
  const t = useTexts(analyticsTexts);
  const address = useAddress();
  return (
    <Stack spacing={1} sx={{ alignItems: "center", mb: 4 }}>
      <Empty>{isAnyPlay ? t.nothing : t.nothingYet}</Empty>
      <Button variant="contained" href={isAnyPlay ? address("/analytics", { span: "all" }) : "/settings"}>
        {isAnyPlay ? t.allTime : t.toSettings}
      </Button>
    </Stack>
  );
}

interface EverythingProps {
  known: Known;
  /** The days that are drawn, and those that were asked for. */
  days: Days;
  asked: Days;
}

function Everything({ known, days, asked }: EverythingProps) {
  const before = useAnalyticsBefore(asked);
  const journalDays = useIsClockHere(known.time_zone) ? days : null;
  return (
    <Stack spacing={2} sx={{ mt: 2 }}>
      <Totals known={known} before={before} days={days} />
      <DaysCard known={known} days={days} />
      <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 300px), 1fr))" }}>
        <TopCard kind="artists" entries={known.top_artists} days={journalDays} />
        <TopCard kind="albums" entries={known.top_albums} days={journalDays} />
        <TopCard kind="tracks" entries={known.top_tracks} days={journalDays} />
      </Box>
      <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 3fr) minmax(0, 2fr)" } }}>
        <HeatMap cells={known.heat_map} />
        <Newcomers known={known} />
      </Box>
    </Stack>
  );
}
