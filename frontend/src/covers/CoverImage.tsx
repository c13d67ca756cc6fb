// The picture of an album or artist: its colour and blurred preview at once, then itself, and another one whenever there is one.
import Box from "@mui/material/Box";
import { useEffect, useMemo, useRef, useState } from "react";
import { thumbHashToDataURL } from "thumbhash";

import { reachability } from "@/api/reachability";
import { sessions } from "@/session/session";

import { useCover, type Cover, type CoverName } from "./watching";

interface CoverImageProps {
  kind: "albums" | "artists";
  /** Without one, the initial stands for the picture. */
  id: string | null | undefined;
  /** What it is the picture of; also the initial. */
  name: string;
  /** Width and height on the page, in CSS pixels; "fill" takes the width there is. */
  size: number | "fill";
  /** Words for who cannot see it; empty where the name stands beside it. */
  alt?: string;
}

const SIZES = [150, 300, 600, 1200];
/** How long the stream that says which image it is may take, until it is asked for without. */
const PATIENCE_MS = 1500;
const AGAIN_MS = 15_000;

export function CoverImage({ kind, id, name, size, alt = "" }: CoverImageProps) {
  const cover = useCover(id ? `${kind}/${id}` satisfies CoverName : null);
  const isLate = useIsLate(id ?? null);
  const preview = useMemo(() => previewOf(cover), [cover]);
  const src = id && (cover !== null || isLate) ? sourceOf(cover, kind, id, pixelsOf(size)) : null;
  const [loaded, setLoaded] = useState<string | null>(null);
  const { broken, setBroken } = useBroken();
  return (
    <Box
      role={alt ? "img" : undefined}
      aria-label={alt || undefined}
      aria-hidden={alt ? undefined : true}
      data-cover={id ? `${kind}/${id}` : undefined}
      data-initial={!preview && loaded !== src ? initialOf(name) : undefined}
      data-placeholder={cover?.is_placeholder ?? undefined}
      sx={{
        position: "relative",
        flexShrink: 0,
        width: size === "fill" ? "100%" : size,
        aspectRatio: "1",
        overflow: "hidden",
        borderRadius: kind === "artists" ? "50%" : 1,
        backgroundSize: "cover",
        display: "grid",
        placeItems: "center",
        fontSize: size === "fill" ? 48 : size / 2.2,
        fontWeight: 600,
        userSelect: "none",
        // Drawn, not written: it is no part of what the link around it is called.
        "&[data-initial]::before": { content: "attr(data-initial)" },
      }}
      style={{
        backgroundColor: cover?.image?.color ?? `hsl(${hueOf(name)} 32% 32%)`,
        backgroundImage: preview ? `url("${preview}")` : undefined,
        color: "rgb(255 255 255 / 85%)",
      }}
    >
      {src && broken !== src && (
        <img
          key={src}
          src={src}
          alt=""
          loading="lazy"
          decoding="async"
          onLoad={() => setLoaded(src)}
          onError={() => {
            setBroken(src);
            // A picture does not say why it was refused.
            sessions.doubt();
          }}
          style={{ position: "absolute", inset: 0, width: "100%", height: "100%", objectFit: "cover" }}
        />
      )}
    </Box>
  );
}

/** Sharp on screens of two pixels a point, and no larger than that. */
function pixelsOf(size: number | "fill"): number {
  const wanted = (size === "fill" ? 240 : size) * Math.min(2, window.devicePixelRatio);
  return SIZES.find((each) => each >= wanted) ?? 1200;
}

/** `url` names the content, so that a browser that has seen it asks nobody. */
function sourceOf(cover: Cover | null, kind: string, id: string, pixels: number): string {
  const address = new URL(cover?.url ?? `/api/v1/covers/${kind}/${encodeURIComponent(id)}/image`, window.location.origin);
  address.searchParams.set("size", String(pixels));
  return address.pathname + address.search;
}

function previewOf(cover: Cover | null): string | null {
  const hash = cover?.image?.thumb_hash;
  return hash ? thumbHashToDataURL(Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0))) : null;
}

/**
 * The address that was asked for in vain. It may be had once somebody answers again, or a little later, which is tried once. Out of
 * sight it is forgotten: when the picture is shown again, it may be had.
 */
function useBroken() {
  const [broken, setBroken] = useState<string | null>(null);
  const retried = useRef<string | null>(null);
  useEffect(() => {
    if (broken === null) return;
    const stop = reachability.subscribe(() => {
      if (reachability.isThere()) setBroken(null);
    });
    const timer = retried.current === broken ? undefined : window.setTimeout(() => setBroken(null), AGAIN_MS);
    retried.current = broken;
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [broken]);
  useEffect(() => () => setBroken(null), []);
  return { broken, setBroken };
}

function useIsLate(id: string | null): boolean {
  const [late, setLate] = useState<string | null>(null);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(id), PATIENCE_MS);
    return () => window.clearTimeout(timer);
  }, [id]);
  return late !== null && late === id;
}

function initialOf(name: string): string {
  return Array.from(name.trim())[0]?.toUpperCase() ?? "♪";
}

function hueOf(name: string): number {
  return Array.from(name).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
}
