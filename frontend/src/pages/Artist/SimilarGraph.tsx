// The artists that are like this one, around it. Tab comes to the graph once, arrow keys go from artist to artist.
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import Typography from "@mui/material/Typography";
import { useQueries } from "@tanstack/react-query";
import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";

import { CoverImage } from "@/covers/CoverImage";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";

import { similarQuery, type SimilarArtist } from "./asking";
import { layOut, type Dot, type Line } from "./layout";
import { artistTexts } from "./texts";

/** A few have room in less. */
const HEIGHTS = { few: 330, many: 460 };
const FEW = 7;
const MIDDLE = 72;
/** Square pixels that one artist needs. */
const ROOM = 12_500;
const MOST = 20;

interface SimilarGraphProps {
  id: string;
  name: string;
  similar: SimilarArtist[];
}

export default function SimilarGraph({ id, name, similar }: SimilarGraphProps) {
  const t = useTexts(artistTexts);
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const height = similar.length > FEW ? HEIGHTS.many : HEIGHTS.few;
  const shown = useMemo(() => similar.slice(0, Math.min(MOST, Math.max(FEW, Math.floor((width * height) / ROOM)))), [similar, width, height]);
  const lines = useLines(id, shown);
  const places = useMemo(() => {
    const dots: Dot[] = [{ id, weight: 1, size: MIDDLE }, ...shown.map((each) => ({ id: each.artist_id, weight: each.weight, size: sizeOf(each) }))];
    return layOut(dots, lines, width, height);
  }, [id, shown, lines, width, height]);
  const middle = places.get(id);
  return (
    <Box>
      <Box ref={frame} role="group" aria-label={t.graph} sx={{ position: "relative", height, overflow: "hidden" }}>
        {width > 0 && middle && (
          <>
            <svg width={width} height={height} aria-hidden style={{ position: "absolute", inset: 0 }}>
              {lines.map(({ from, to, weight }) => {
                const [one, other] = [places.get(from), places.get(to)];
                const isSpoke = from === id;
                return (
                  one &&
                  other && (
                    <line
                      key={`${from} ${to}`}
                      x1={one.x}
                      y1={one.y}
                      x2={other.x}
                      y2={other.y}
                      stroke={isSpoke ? "var(--mui-palette-primary-main)" : "var(--mui-palette-text-secondary)"}
                      strokeWidth={isSpoke ? 1 + 3 * weight : 1}
                      strokeOpacity={isSpoke ? 0.25 + 0.5 * weight : 0.4}
                      strokeDasharray={isSpoke ? undefined : "4 4"}
                    />
                  )
                );
              })}
            </svg>
            <Box sx={{ position: "absolute", transform: "translate(-50%, -50%)", textAlign: "center" }} style={{ left: middle.x, top: middle.y }}>
              <CoverImage kind="artists" id={id} name={name} size={MIDDLE} />
            </Box>
            <Around shown={shown} places={places} />
          </>
        )}
      </Box>
      <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
        {t.graphWords} {lines.some((line) => line.from !== id) && t.graphLinks}
      </Typography>
    </Box>
  );
}

function Around({ shown, places }: { shown: SimilarArtist[]; places: ReturnType<typeof layOut> }) {
  const t = useTexts(artistTexts);
  const format = useFormat();
  const links = useRef<(HTMLElement | null)[]>([]);
  const [at, setAt] = useState(0);
  const here = Math.min(at, shown.length - 1);
  const walk = (event: KeyboardEvent) => {
    const next = stepOf(event.key, here, shown.length);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    links.current[next]?.focus();
  };
  return shown.map((artist, index) => {
    const place = places.get(artist.artist_id);
    const size = sizeOf(artist);
    return (
      place && (
        <ButtonBase
          key={artist.artist_id}
          ref={(link: HTMLElement | null) => {
            links.current[index] = link;
          }}
          href={`/artists/${artist.artist_id}`}
          tabIndex={index === here ? 0 : -1}
          onFocus={() => setAt(index)}
          onKeyDown={walk}
          aria-label={`${artist.name}, ${t.alike(format.percent(artist.weight))}${artist.in_library ? `, ${t.inLibrary.toLowerCase()}` : ""}`}
          sx={{ position: "absolute", flexDirection: "column", width: 84, borderRadius: 2, color: "text.primary", "&:hover": { zIndex: 1 } }}
          style={{ left: place.x - 42, top: place.y - size / 2 }}
        >
          <Box
            sx={{ borderRadius: "50%", outline: 2, outlineStyle: "solid", outlineOffset: 1, outlineColor: artist.in_library ? "primary.main" : "transparent" }}
          >
            <CoverImage kind="artists" id={artist.artist_id} name={artist.name} size={size} />
          </Box>
          <Typography variant="caption" noWrap sx={{ width: "100%", textAlign: "center", lineHeight: "20px" }}>
            {artist.name}
          </Typography>
        </ButtonBase>
      )
    );
  });
}

function stepOf(key: string, here: number, count: number): number | null {
  if (key === "ArrowRight" || key === "ArrowDown") return (here + 1) % count;
  if (key === "ArrowLeft" || key === "ArrowUp") return (here - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}

function sizeOf(artist: SimilarArtist): number {
  return Math.round(36 + 20 * artist.weight);
}

/** From the one in the middle to all, and between those that are like each other, as far as that is known. */
function useLines(id: string, shown: SimilarArtist[]): Line[] {
  const others = useQueries({
    queries: shown.map((artist) => ({ ...similarQuery(artist.artist_id, false), staleTime: 60_000 })),
    combine: (all) => (all.every((one) => !one.isPending) ? all.map((one) => one.data ?? []) : null),
  });
  return useMemo(() => {
    const lines = shown.map((artist) => ({ from: id, to: artist.artist_id, weight: artist.weight }));
    const known = new Set<string>();
    const between = (others ?? []).flatMap((likes, index) => {
      const from = shown[index]?.artist_id ?? "";
      return likes.flatMap(({ artist_id: to, weight }) => {
        if (to === from || known.has(`${to} ${from}`) || !shown.some((each) => each.artist_id === to)) return [];
        known.add(`${from} ${to}`);
        return [{ from, to, weight }];
      });
    });
    return [...lines, ...between];
  }, [id, shown, others]);
}

function useWidth(frame: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}
