// How much was it in all, and is that more than before?
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import type { Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { localDay, useFormat } from "@/i18n/useFormat";
import { daysIn } from "@/time/days";

import type { Known } from "./asking";
import type { Days } from "./range";
import { analyticsTexts } from "./texts";

interface TotalsProps {
  known: Known;
  before: Known | null;
  days: Days;
}

const COUNTS = [
  ["plays", "play_count"],
  ["artists", "artist_count"],
  ["albums", "album_count"],
  ["tracks", "track_count"],
  ["newArtists", "new_artist_count"],
] as const;

export function Totals({ known, before, days }: TotalsProps) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const length = daysIn(days.from, days.to);
  return (
    <Box
      component="section"
      aria-label={t.totals}
      sx={{ display: "grid", gap: 1.5, gridTemplateColumns: { xs: "repeat(2, minmax(0, 1fr))", sm: "repeat(4, minmax(0, 1fr))" } }}
    >
      {COUNTS.map(([name, count]) => (
        <Total key={name} name={t[name]} value={format.number(known[count])} isMain={name === "plays"}>
          {name === "plays" && <div>{t.perDay(format.decimal(known.play_count / length))}</div>}
          {before && <Change now={known[count]} before={before[count]} length={length} />}
        </Total>
      ))}
      <StreakTotal name={t.longestStreak} streak={known.longest_streak} />
      <StreakTotal name={t.currentStreak} streak={known.current_streak} />
    </Box>
  );
}

interface TotalProps {
  name: string;
  value: string;
  /** What all the others are about: it takes the room of two. */
  isMain?: boolean;
  children: ReactNode;
}

function Total({ name, value, isMain = false, children }: TotalProps) {
  return (
    <Card sx={{ p: 1.5, minWidth: 0, ...(isMain ? { gridColumn: "span 2" } : {}) }}>
      <Typography variant="body2" color="text.secondary" component="h2">
        {name}
      </Typography>
      <Typography sx={{ fontSize: isMain ? "2.2rem" : "1.6rem", fontWeight: 650, lineHeight: 1.3, fontVariantNumeric: "tabular-nums" }}>{value}</Typography>
      <Typography variant="body2" color="text.secondary" component="div">
        {children}
      </Typography>
    </Card>
  );
}

function Change({ now, before, length }: { now: number; before: number; length: number }) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const rate = before > 0 ? Math.round((100 * (now - before)) / before) : null;
  const share = format.percent(Math.abs(rate ?? 0) / 100);
  return (
    <>
      {rate !== null && (
        <Box sx={{ color: rate > 0 ? "success.main" : rate < 0 ? "secondary.main" : "text.secondary", fontWeight: 600 }}>
          {rate > 0 ? t.more(share) : rate < 0 ? t.less(share) : t.same}
        </Box>
      )}
      <div>{t.before(format.number(before), t.days(length))}</div>
    </>
  );
}

function StreakTotal({ name, streak }: { name: string; streak: Of<"tracker">["Streak"] | null }) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const day = (value: string) => format.date(localDay(value));
  return (
    <Total name={name} value={streak ? t.days(streak.days) : t.noStreak}>
      {streak && (streak.from === streak.to ? day(streak.from) : t.span(day(streak.from), day(streak.to)))}
    </Total>
  );
}
