// For what was a piece of work to be done? By its name, as far as that can still be had, and leading to its page.
import Link from "@mui/material/Link";
import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";

import { healthTexts } from "./texts";

interface Found {
  name: string;
  href: string;
}

/** `subject` is a name of ours, such as `albums/{id}`. */
export function Subject({ subject }: { subject: string }) {
  const t = useTexts(healthTexts);
  const [kind = "", id = ""] = subject.split("/");
  const { data } = useQuery({
    queryKey: ["health", "subject", subject],
    queryFn: ({ signal }) => find(kind, id, signal),
    staleTime: Infinity,
    retry: false,
  });
  const { name, href } = data ?? { name: "", href: kind === "artists" || kind === "albums" ? `/${subject}` : "" };
  const known = new Map<string, (name: string) => string>([
    ["albums", t.ofAlbum],
    ["artists", t.ofArtist],
    ["imports", t.ofImport],
    ["tracks", t.ofTrack],
  ]).get(kind);
  const told = known ? known(name || id) : subject;
  return href ? <Link href={href}>{told}</Link> : <>{told}</>;
}

/** What a service that is silent does not tell is told by the id alone. */
async function find(kind: string, id: string, signal: AbortSignal): Promise<Found> {
  switch (kind) {
    case "artists": {
      const artist = await ask(api.GET("/api/v1/artists/{artist}", { params: { path: { artist: id } }, signal }));
      return { name: artist.name, href: `/artists/${artist.id}` };
    }
    case "albums": {
      const album = await ask(api.GET("/api/v1/albums/{album}", { params: { path: { album: id } }, signal }));
      return { name: titled(album), href: `/albums/${album.id}` };
    }
    case "tracks": {
      const track = await ask(api.GET("/api/v1/tracks/{track}", { params: { path: { track: id } }, signal }));
      return { name: titled(track), href: track.album_id ? `/albums/${track.album_id}` : `/artists/${track.artist_id}` };
    }
    default:
      return { name: "", href: kind === "imports" ? "/settings" : "" };
  }
}

function titled({ title, artist_name }: { title: string; artist_name: string }): string {
  return `${title} – ${artist_name}`;
}
