// What are those called who say something? By the names they have given themselves.

const NAMES = new Map([
  ["lastfm", "Last.fm"],
  ["musicbrainz", "MusicBrainz"],
  ["spotify", "Spotify"],
  ["apify", "Apify"],
  ["listenbrainz", "ListenBrainz"],
  ["wikidata", "Wikidata"],
  ["deezer", "Deezer"],
  ["commons", "Wikimedia Commons"],
  ["coverartarchive", "Cover Art Archive"],
  ["euria", "EurIA"],
]);

export function providerName(provider: string): string {
  return NAMES.get(provider) ?? provider;
}
