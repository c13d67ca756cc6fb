// What are providers and kinds of work called? By the services' names for them, where they are not known here.
import type { healthTexts } from "./texts";

const PROVIDERS = new Map([
  ["apify", "Apify"],
  ["coverartarchive", "Cover Art Archive"],
  ["deezer", "Deezer"],
  ["euria", "EurIA"],
  ["lastfm", "Last.fm"],
  ["listenbrainz", "ListenBrainz"],
  ["musicbrainz", "MusicBrainz"],
  ["spotify", "Spotify"],
  ["wikidata", "Wikidata"],
]);

export function nameOfProvider(provider: string): string {
  return PROVIDERS.get(provider) ?? provider;
}

export function nameOfJob(kind: string, t: (typeof healthTexts)["en"]): string {
  const name = new Map<string, unknown>(Object.entries(t)).get(`job_${kind}`);
  return typeof name === "string" ? name : t.otherJob(kind);
}
