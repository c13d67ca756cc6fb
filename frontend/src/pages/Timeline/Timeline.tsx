// What was played on one day, hour by hour? The day is in the address; without one it is today, and what is played now comes by itself.
import { mdiChevronLeft, mdiChevronRight } from "@mdi/js";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import type { Of } from "@/api/client";
import { useEvents } from "@/events/useEvents";
import { useTexts } from "@/i18n/LanguageProvider";
import { localDay, useFormat } from "@/i18n/useFormat";
import { Icon } from "@/shared/Icon";
import { Empty, Loaded } from "@/shared/Loaded";
import { Page } from "@/shared/Page";
import { isDay } from "@/time/days";
import { useDay, useToday } from "@/time/useToday";
import { useAddress } from "@/time/zone";
import { ZoneLine } from "@/time/ZoneLine";

import { DayBar } from "./DayBar";
import { DayShape } from "./DayShape";
import { Hours } from "./Hours";
import { timelineTexts } from "./texts";

type Day = Of<"tracker">["GetTimelineResponse"];

const PLAYS = ["play"];

export default function Timeline() {
  const t = useTexts(timelineTexts);
  const asked = useSearchParams()[0].get("date") ?? "";
  // Addresses may be typed.
  const wanted = isDay(asked) ? asked : "";
  const today = useToday();
  const shown = useDay(wanted);
  useLiveDays(!wanted || wanted === today.data?.date);
  const day = isDay(asked) ? asked : (today.data?.date ?? "");
  return (
    <Page title={t.title} actions={<DayBar day={day} today={today.data?.date} />}>
      <ZoneLine zone={shown.data?.time_zone} />
      <Loaded query={shown}>{(data) => <OneDay day={data} isStale={shown.isPlaceholderData} />}</Loaded>
    </Page>
  );
}

function useLiveDays(enabled: boolean): void {
  const queries = useQueryClient();
  useEvents("/api/v1/services/tracker/events", {
    names: PLAYS,
    onEvent: () => void queries.invalidateQueries({ queryKey: ["timeline"] }),
    enabled,
  });
}

function OneDay({ day, isStale }: { day: Day; isStale: boolean }) {
  const t = useTexts(timelineTexts);
  const format = useFormat();
  return (
    <Box aria-busy={isStale} sx={{ opacity: isStale ? 0.6 : 1 }}>
      <Box aria-live="polite">
        <Typography variant="h5" component="h2" sx={{ "&::first-letter": { textTransform: "uppercase" } }}>
          {format.day(day.date)}
        </Typography>
        <Typography color="text.secondary">{day.play_count > 0 ? t.plays(day.play_count) : t.nothing}</Typography>
      </Box>
      {day.play_count > 0 && (
        <>
          <DayShape hours={day.hours} />
          <Hours hours={day.hours} zone={day.time_zone} />
        </>
      )}
      <OtherDays day={day} />
    </Box>
  );
}

function OtherDays({ day }: { day: Day }) {
  const t = useTexts(timelineTexts);
  const format = useFormat();
  const address = useAddress();
  const { previous_date: earlier, next_date: later } = day;
  if (!earlier && !later) {
    return day.play_count > 0 ? null : (
      <Empty>
        {t.nothingYet}{" "}
        <Button href="/settings" variant="contained" sx={{ mt: 2, display: "flex", mx: "auto", width: "fit-content" }}>
          {t.toSettings}
        </Button>
      </Empty>
    );
  }
  return (
    <Stack
      component="nav"
      aria-label={t.others}
      direction={{ xs: "column", sm: "row" }}
      spacing={1}
      sx={{ mt: 4, justifyContent: day.play_count > 0 ? "space-between" : "center" }}
    >
      {earlier && (
        <Button variant="outlined" startIcon={<Icon path={mdiChevronLeft} />} href={address("/timeline", { date: earlier })} sx={{ minHeight: 44 }}>
          {t.earlier(format.date(localDay(earlier)))}
        </Button>
      )}
      {later && (
        <Button variant="outlined" endIcon={<Icon path={mdiChevronRight} />} href={address("/timeline", { date: later })} sx={{ minHeight: 44 }}>
          {t.later(format.date(localDay(later)))}
        </Button>
      )}
    </Stack>
  );
}
