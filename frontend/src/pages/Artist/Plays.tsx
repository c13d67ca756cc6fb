// When was the artist heard last?
import type { Of } from "@/api/client";
import { LatestPlays } from "@/facts/LatestPlays";
import { useTexts } from "@/i18n/LanguageProvider";

import { artistTexts } from "./texts";

export function Plays({ artist }: { artist: Of<"artist">["Artist"] | null }) {
  const t = useTexts(artistTexts);
  if (!artist) return null;
  return (
    <LatestPlays
      thing={["artist", artist.id]}
      filter={{ artist: artist.id }}
      journal={`/journal?${new URLSearchParams({ artist: artist.name }).toString()}`}
      title={t.plays}
      empty={t.noPlays}
      all={t.inJournal}
    />
  );
}
