// One play: its cover, what it was, and when; above it the day, where another one begins.
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";

import { CoverImage } from "@/covers/CoverImage";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { useNow } from "@/shared/clock";
import { addDays, dayHere } from "@/time/days";
import type { Play } from "@/tracker/useTracker";

import { journalTexts } from "./texts";

interface PlayRowProps {
  play: Play;
  /** The play above; null where that is not known. */
  before: Play | null;
  isFirst: boolean;
}

export function PlayRow({ play, before, isFirst }: PlayRowProps) {
  const format = useFormat();
  const time = play.play_time ?? new Date(play.uts * 1000).toISOString();
  const beginsDay = isFirst || (before !== null && dayOf(before) !== dayOf(play));
  return (
    <>
      {beginsDay && <DayHeading day={dayOf(play)} />}
      <Box sx={{ display: "grid", gridTemplateColumns: "48px minmax(0, 1fr) auto", gap: 2, alignItems: "center", py: 1, minHeight: 64 }}>
        <CoverImage {...pictureOf(play)} size={48} />
        <Box sx={{ minWidth: 0 }}>
          <Typography noWrap sx={{ fontWeight: 600 }}>
            {play.track}
          </Typography>
          <Typography noWrap variant="body2" color="text.secondary">
            <Named name={play.artist} href={play.artist_id ? `/artists/${play.artist_id}` : null} />
            {play.album && (
              <>
                {" · "}
                <Named name={play.album} href={play.album_id ? `/albums/${play.album_id}` : null} />
              </>
            )}
          </Typography>
        </Box>
        <Typography variant="body2" color="text.secondary" component="time" dateTime={time} title={format.moment(time)}>
          {format.time(time)}
        </Typography>
      </Box>
    </>
  );
}

function Named({ name, href }: { name: string; href: string | null }) {
  return href ? (
    <Link href={href} color="inherit">
      {name}
    </Link>
  ) : (
    name
  );
}

function DayHeading({ day }: { day: string }) {
  const t = useTexts(journalTexts);
  const format = useFormat();
  const now = useNow();
  const today = dayHere(new Date(now));
  const names = new Map([
    [today, t.today],
    [addDays(today, -1), t.yesterday],
  ]);
  const name = names.get(day);
  return (
    <Typography variant="h6" component="h2" sx={{ pt: 2, pb: 0.5 }}>
      {name ? `${name}, ${format.day(day)}` : format.day(day)}
    </Typography>
  );
}

function pictureOf(play: Play) {
  if (play.album) return { kind: "albums", id: play.album_id ?? null, name: play.album } as const;
  return { kind: "artists", id: play.artist_id ?? null, name: play.artist } as const;
}

function dayOf(play: Play): string {
  return dayHere(new Date(play.uts * 1000));
}
