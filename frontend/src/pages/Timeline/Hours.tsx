// What was played in each hour of the day? The hours that had plays, one under the other along a line, and how long it was quiet between.
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import { Fragment, useId } from "react";

import type { Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { useClockOf } from "@/time/zone";

import { Session } from "./Session";
import { sessionsOf } from "./sessions";
import { timelineTexts } from "./texts";

type Hour = Of<"tracker">["TimelineHour"];

const HOUR_MS = 3_600_000;

export function Hours({ hours, zone }: { hours: Hour[]; zone: string }) {
  const t = useTexts(timelineTexts);
  const clock = useClockOf(zone);
  return hours.map((hour, index) => {
    const before = hours[index - 1];
    const quiet = before ? quietBetween(before, hour) : 0;
    return (
      <Fragment key={hour.start_time}>
        {quiet > 0 && (
          <Typography variant="body2" color="text.secondary" sx={{ ...RAIL, py: 1.5, fontStyle: "italic" }}>
            {t.quiet(quiet)}
          </Typography>
        )}
        <OneHour hour={hour} isRepeated={before?.hour === hour.hour} clock={clock} />
      </Fragment>
    );
  });
}

/** The line that the hours stand along. */
const RAIL = { borderLeft: 2, borderColor: "divider", ml: { xs: 1, sm: "95px" }, pl: { xs: 2, sm: 3 } } as const;

interface OneHourProps {
  hour: Hour;
  isRepeated: boolean;
  clock: (time: string) => string;
}

function OneHour({ hour, isRepeated, clock }: OneHourProps) {
  const t = useTexts(timelineTexts);
  const id = useId();
  return (
    <Box component="section" aria-labelledby={id} sx={{ display: { sm: "grid" }, gridTemplateColumns: "95px minmax(0, 1fr)" }}>
      <Box
        sx={{
          display: { xs: "flex", sm: "block" },
          alignItems: "baseline",
          gap: 1,
          textAlign: { sm: "right" },
          pr: { sm: 2 },
          pt: { xs: 0.5, sm: 1.5 },
          pb: { xs: 0.5, sm: 0 },
          ...{ "@media (max-width: 599.95px)": RAIL },
        }}
      >
        <Typography id={id} variant="h6" component="h3" sx={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
          {t.hour(hour.hour)}
        </Typography>
        <Typography variant="body2" color="text.secondary">
          {t.plays(hour.plays.length)}
        </Typography>
        {isRepeated && (
          <Typography variant="caption" color="text.secondary">
            {t.again}
          </Typography>
        )}
      </Box>
      <Box sx={{ ...RAIL, ml: { xs: 1, sm: 0 }, py: 1, position: "relative" }}>
        <Box
          sx={{
            display: { xs: "none", sm: "block" },
            position: "absolute",
            left: -7,
            top: 20,
            width: 12,
            height: 12,
            borderRadius: "50%",
            bgcolor: "primary.main",
          }}
        />
        <Card component="ul" sx={{ listStyle: "none", m: 0, p: 0, "& > li + li": { borderTop: 1, borderColor: "divider" } }}>
          {sessionsOf(hour.plays).map((plays, index) => (
            <Session key={index} plays={plays} clock={clock} />
          ))}
        </Card>
      </Box>
    </Box>
  );
}

/** Whole hours without a play between two that had some. */
function quietBetween(before: Hour, hour: Hour): number {
  if (!before.start_time || !hour.start_time) return 0;
  return Math.round((new Date(hour.start_time).getTime() - new Date(before.start_time).getTime()) / HOUR_MS) - 1;
}
