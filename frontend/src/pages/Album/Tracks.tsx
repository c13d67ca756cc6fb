// Which tracks has it? Those known here, from plays and files; and the whole record where a provider lists it.
import { mdiCheck, mdiFileMusicOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import type { Of } from "@/api/client";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { secondsOf } from "@/i18n/useFormat";
import { BusyButton } from "@/shared/BusyButton";
import { Icon } from "@/shared/Icon";
import { Loaded } from "@/shared/Loaded";

import { useTracks, type Track } from "./asking";
import { albumTexts } from "./texts";
import { WhyField } from "./WhyField";

type Published = Of<"album">["AlbumTrack"];

export function Tracks({ id, published }: { id: string; published: Published[] }) {
  const t = useTexts(albumTexts);
  const query = useTracks(id);
  return (
    <Section title={t.tracks} why={<WhyField id={id} field="tracks" />}>
      <Loaded query={query}>
        {({ pages }) => {
          const tracks = pages.flatMap((page) => page.tracks);
          return (
            <>
              {published.length > 0 && (
                <Typography variant="body2" color="text.secondary" sx={{ mb: 1 }}>
                  {t.asPublished}. {t.asPublishedWords}
                </Typography>
              )}
              <Rows tracks={tracks} published={published} />
              {query.hasNextPage && (
                <BusyButton isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} sx={{ mt: 1 }}>
                  {t.more}
                </BusyButton>
              )}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Rows({ tracks, published }: { tracks: Track[]; published: Published[] }) {
  const t = useTexts(albumTexts);
  const { pairs, rest } = paired(published, tracks);
  if (tracks.length === 0 && published.length === 0) return <Typography color="text.secondary">{t.noTracks}</Typography>;
  const hasDiscs = new Set(tracks.map((track) => track.disc_number)).size > 1;
  return (
    <Box component="ol" sx={{ m: 0, p: 0, listStyle: "none" }}>
      {pairs.map(([track, own]) => (
        <Row key={`${track.position} ${track.title}`} number={String(track.position)} title={track.title} duration={own?.duration ?? track.duration}>
          {own && <Mark track={own} />}
        </Row>
      ))}
      {rest.map((track) => (
        <Row key={track.id} number={numberOf(track, hasDiscs)} title={track.title} duration={track.duration}>
          <Mark track={track} />
        </Row>
      ))}
    </Box>
  );
}

/** Each of the record with the one known here, and those that stand for none of it: of two with the same title the second is another. */
function paired(published: Published[], tracks: Track[]): { pairs: [Published, Track | undefined][]; rest: Track[] } {
  const rest = [...tracks];
  const pairs = published.map((each): [Published, Track | undefined] => {
    const place = rest.findIndex(({ title }) => plain(title) === plain(each.title));
    return [each, place < 0 ? undefined : rest.splice(place, 1)[0]];
  });
  return { pairs, rest };
}

function Mark({ track }: { track: Track }) {
  const t = useTexts(albumTexts);
  return track.in_library ? (
    <Icon path={mdiFileMusicOutline} label={t.hasFile} fontSize="small" color="primary" />
  ) : (
    <Icon path={mdiCheck} label={t.knownHere} fontSize="small" color="primary" />
  );
}

interface RowProps {
  number: string;
  title: string;
  duration: string | null;
  children?: ReactNode;
}

function Row({ number, title, duration, children }: RowProps) {
  return (
    <Box component="li" sx={{ display: "flex", gap: 1.5, alignItems: "center", minHeight: 40, borderBottom: 1, borderColor: "divider" }}>
      <Typography variant="body2" color="text.secondary" sx={{ minWidth: 28, textAlign: "right" }}>
        {number}
      </Typography>
      <Typography sx={{ flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" }}>{title}</Typography>
      {children}
      <Typography variant="body2" color="text.secondary" sx={{ minWidth: 44, textAlign: "right", fontVariantNumeric: "tabular-nums" }}>
        {duration && clock(secondsOf(duration))}
      </Typography>
    </Box>
  );
}

function numberOf({ disc_number, track_number }: Track, hasDiscs: boolean): string {
  if (track_number === 0) return "";
  return hasDiscs && disc_number > 0 ? `${disc_number}.${track_number}` : String(track_number);
}

/** 4:01, as on a sleeve. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Providers and files write the same title with other accents and signs. */
function plain(title: string): string {
  return title.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") || title;
}
