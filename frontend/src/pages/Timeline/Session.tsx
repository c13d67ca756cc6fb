// What was played in one go: one cover, whose it is and from what, and the tracks with the minute each began.
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";

import { CoverImage } from "@/covers/CoverImage";

import type { Play } from "./sessions";

interface SessionProps {
  plays: [Play, ...Play[]];
  /** Writes a moment by the clock of the day. */
  clock: (time: string) => string;
}

const COVER = 72;

export function Session({ plays, clock }: SessionProps) {
  // Ids come to plays one by one: what any of them knows is true of all.
  const { artist, album } = plays[0];
  const artistId = plays.find((play) => play.artist_id)?.artist_id ?? null;
  const albumId = plays.find((play) => play.album_id)?.album_id ?? null;
  return (
    <Box component="li" sx={{ display: "grid", gridTemplateColumns: `${COVER}px minmax(0, 1fr)`, columnGap: 2, p: 1.5 }}>
      {album ? (
        <CoverImage kind="albums" id={albumId} name={album} size={COVER} />
      ) : (
        <CoverImage kind="artists" id={artistId} name={artist} size={COVER} />
      )}
      <Box sx={{ minWidth: 0 }}>
        {album && <Named name={album} href={albumId && `/albums/${albumId}`} isStrong />}
        <Named name={artist} href={artistId && `/artists/${artistId}`} isStrong={!album} />
        <Box component="ol" sx={{ listStyle: "none", m: 0, mt: 0.75, p: 0 }}>
          {plays.map((play, index) => (
            <Typography
              key={index}
              variant="body2"
              component="li"
              sx={{ display: "grid", gridTemplateColumns: "3.25em minmax(0, 1fr)", py: 0.25, columnGap: 1 }}
            >
              <Moment play={play} clock={clock} />
              <span style={{ overflowWrap: "anywhere" }}>{play.track}</span>
            </Typography>
          ))}
        </Box>
      </Box>
    </Box>
  );
}

function Named({ name, href, isStrong }: { name: string; href: string | null; isStrong: boolean }) {
  const style = {
    display: "block",
    py: 0.25,
    ...(isStrong ? { fontWeight: 600 } : { color: "text.secondary" }),
  };
  return (
    <Typography noWrap component="div" variant={isStrong ? "body1" : "body2"}>
      {href ? (
        <Link href={href} color="inherit" noWrap underline="hover" sx={style}>
          {name}
        </Link>
      ) : (
        <Box component="span" sx={style}>
          {name}
        </Box>
      )}
    </Typography>
  );
}

function Moment({ play, clock }: { play: Play; clock: (time: string) => string }) {
  const time = play.play_time ?? new Date(play.uts * 1000).toISOString();
  return (
    <Box component="time" dateTime={time} sx={{ color: "text.secondary", fontVariantNumeric: "tabular-nums" }}>
      {clock(time)}
    </Box>
  );
}
