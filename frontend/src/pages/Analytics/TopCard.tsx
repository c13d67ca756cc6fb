// What was heard most? A bar for each, with its cover, that leads to it; a few at first, and all of them when wanted.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import ButtonBase from "@mui/material/ButtonBase";
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import type { Of } from "@/api/client";
import { CoverImage } from "@/covers/CoverImage";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";

import { ChartCard } from "./ChartCard";
import { DataTable } from "./DataTable";
import type { Days } from "./range";
import { analyticsTexts } from "./texts";

type Entry = Of<"tracker">["TopEntry"];
export type Kind = "artists" | "albums" | "tracks";

interface TopCardProps {
  kind: Kind;
  entries: Entry[];
  /** The days that count, to which links to plays keep; null where the journal, which knows the clock here alone, counts others. */
  days: Days | null;
}

const FEW = 10;
/** For who hears the page; who sees it has a bar. */
const ONLY_HEARD = { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap" } as const;
const TITLES = { artists: "topArtists", albums: "topAlbums", tracks: "topTracks" } as const;

export function TopCard({ kind, entries, days }: TopCardProps) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  const title = t[TITLES[kind]];
  const shown = isWhole ? entries : entries.slice(0, FEW);
  const most = entries[0]?.play_count ?? 1;
  return (
    <ChartCard
      title={title}
      table={<TopTable label={title} kind={kind} entries={shown} days={days} />}
      below={
        entries.length > FEW && (
          <Button onClick={() => setWhole(!isWhole)} aria-expanded={isWhole} sx={{ mt: 1 }}>
            {isWhole ? t.showLess : t.showMore(format.number(entries.length))}
          </Button>
        )
      }
    >
      <Box component="ol" aria-label={title} sx={{ listStyle: "none", m: 0, p: 0 }}>
        {shown.map((entry, index) => (
          <Box component="li" key={index}>
            <Bar kind={kind} entry={entry} share={entry.play_count / most} count={format.number(entry.play_count)} href={hrefOf(kind, entry, days)} />
          </Box>
        ))}
      </Box>
    </ChartCard>
  );
}

interface BarProps {
  kind: Kind;
  entry: Entry;
  /** Of the longest bar, 0–1. */
  share: number;
  count: string;
  href: string | null;
}

function Bar({ kind, entry, share, count, href }: BarProps) {
  const t = useTexts(analyticsTexts);
  const content = (
    <>
      <Picture kind={kind} entry={entry} />
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: "flex", alignItems: "baseline", gap: 1 }}>
          <Typography noWrap component="span" sx={{ flexGrow: 1, fontWeight: 600 }}>
            {entry.title || entry.artist}
          </Typography>
          <Typography component="span" variant="body2" sx={{ fontVariantNumeric: "tabular-nums" }}>
            <span aria-hidden>{count}</span>
            <Box component="span" sx={ONLY_HEARD}>
              {t.countOfPlays(entry.play_count)}
            </Box>
          </Typography>
        </Box>
        {entry.title && (
          <Typography noWrap variant="body2" component="div" color="text.secondary">
            {entry.artist}
          </Typography>
        )}
        <Box sx={{ height: 6, borderRadius: 3, bgcolor: "action.hover", mt: 0.5, overflow: "hidden" }}>
          <Box sx={{ height: 1, borderRadius: 3, bgcolor: "primary.main" }} style={{ width: `${share * 100}%` }} />
        </Box>
      </Box>
    </>
  );
  const row = { display: "grid", gridTemplateColumns: "44px minmax(0, 1fr)", columnGap: 1.5, alignItems: "center", py: 0.75, width: 1, textAlign: "left" };
  return href ? (
    <ButtonBase href={href} sx={{ ...row, borderRadius: 1, "&:hover": { bgcolor: "action.hover" } }}>
      {content}
    </ButtonBase>
  ) : (
    <Box sx={row}>{content}</Box>
  );
}

function Picture({ kind, entry }: { kind: Kind; entry: Entry }) {
  const [of, id] = kind === "artists" ? (["artists", entry.artist_id] as const) : (["albums", entry.album_id] as const);
  return <CoverImage kind={of} id={id ?? null} name={entry.title || entry.artist} size={44} />;
}

function TopTable({ label, kind, entries, days }: { label: string; kind: Kind; entries: Entry[]; days: Days | null }) {
  const t = useTexts(analyticsTexts);
  const format = useFormat();
  const named = kind === "artists" ? [t.artist] : [kind === "albums" ? t.album : t.track, t.artist];
  const rows = entries.map((entry) => {
    const href = hrefOf(kind, entry, days);
    const name = entry.title || entry.artist;
    const linked = href ? <Link href={href}>{name}</Link> : name;
    const artist = entry.artist_id ? <Link href={`/artists/${entry.artist_id}`}>{entry.artist}</Link> : entry.artist;
    return [linked, ...(kind === "artists" ? [] : [artist]), format.number(entry.play_count)];
  });
  return <DataTable label={label} columns={[...named, t.plays]} rows={rows} words={named.length} />;
}

/** Tracks have no page of their own: their plays are in the journal. */
function hrefOf(kind: Kind, entry: Entry, days: Days | null): string | null {
  if (kind === "tracks") {
    if (!days) return null;
    const search = new URLSearchParams({ text: entry.title, artist: entry.artist, ...days });
    return `/journal?${search.toString()}`;
  }
  return entry.id ? `/${kind}/${entry.id}` : null;
}
