// Who was heard for the first time ever? The newest first, with the day, which leads to what was played on it.
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { CoverImage } from "@/covers/CoverImage";
import { useTexts } from "@/i18n/LanguageProvider";
import { localDay, useFormat } from "@/i18n/useFormat";
import { Empty } from "@/shared/Loaded";
import { dayIn, useAddress } from "@/time/zone";

import type { Known } from "./asking";
import { ChartCard } from "./ChartCard";
import { DataTable } from "./DataTable";
import { analyticsTexts } from "./texts";

type Newcomer = Of<"tracker">["NewArtist"];

export function Newcomers({ known }: { known: Known }) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const { new_artists: artists, new_artist_count: count, time_zone: zone } = known;
  if (artists.length === 0) {
    return (
      <ChartCard title={t.newcomers}>
        <Empty>{t.noNewcomers}</Empty>
      </ChartCard>
    );
  }
  const rows = artists.map((each, index) => [<Name key={index} artist={each} />, <FirstDay key={index} artist={each} zone={zone} />]);
  return (
    <ChartCard
      title={t.newcomers}
      table={<DataTable label={t.newcomers} columns={[t.artist, t.firstHeard]} rows={rows} words={2} />}
      above={
        <Typography variant="body2" color="text.secondary" sx={{ mb: 1 }}>
          {artists.length < count ? t.newcomersShown(format.number(artists.length), format.number(count)) : t.newcomersOf(count)}
        </Typography>
      }
    >
      <Box
        component="ul"
        aria-label={t.newcomers}
        // A scroll of its own, which the keyboard reaches by the links within.
        sx={{ listStyle: "none", m: 0, p: 0.5, maxHeight: 236, overflowY: "auto", display: "grid", columnGap: 2, gridTemplateColumns: "repeat(auto-fill, minmax(180px, 1fr))" }}
        tabIndex={0}
      >
        {artists.map((artist, index) => (
          <Box component="li" key={index} sx={{ display: "grid", gridTemplateColumns: "44px minmax(0, 1fr)", columnGap: 1.5, alignItems: "center", py: 0.75 }}>
            <CoverImage kind="artists" id={artist.artist_id ?? null} name={artist.artist} size={44} />
            <Box sx={{ minWidth: 0 }}>
              <Typography noWrap component="div">
                <Name artist={artist} />
              </Typography>
              <Typography variant="body2" color="text.secondary" component="div">
                <FirstDay artist={artist} zone={zone} />
              </Typography>
            </Box>
          </Box>
        ))}
      </Box>
    </ChartCard>
  );
}

function Name({ artist }: { artist: Newcomer }) {
  return artist.artist_id ? (
    <Link href={`/artists/${artist.artist_id}`} color="inherit" underline="hover">
      {artist.artist}
    </Link>
  ) : (
    artist.artist
  );
}

function FirstDay({ artist, zone }: { artist: Newcomer; zone: string }) {
  const format = useFormat();
  const address = useAddress();
  if (!artist.first_play_time) return null;
  const day = dayIn(zone, artist.first_play_time);
  return (
    <Link href={address("/timeline", { date: day })} color="inherit">
      {format.date(localDay(day))}
    </Link>
  );
}
