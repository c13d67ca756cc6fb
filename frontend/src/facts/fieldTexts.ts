import { texts } from "@/i18n/texts";

/** What the fields of artists and albums are called. */
export const fieldTexts = texts(
  {
    url: "Page on Last.fm",
    listeners: "Listeners (Last.fm)",
    playcount: "Plays (Last.fm)",
    tags: "Tags",
    bio: "Biography",
    wiki: "Text",
    images: "Images",
    genres: "Genres",
    followers: "Followers (Spotify)",
    popularity: "Popularity (Spotify)",
    monthly_listeners: "Monthly listeners (Spotify)",
    listenbrainz_listeners: "Listeners (ListenBrainz)",
    listenbrainz_listens: "Listens (ListenBrainz)",
    releases: "Releases",
    label: "Label",
    labels: "Labels",
    management: "Management",
    mbid: "MusicBrainz id",
    release_group_mbid: "MusicBrainz id of all editions",
    spotify_id: "Spotify id",
    wikidata_id: "Wikidata id",
    tracks: "Tracks",
    released: "First release",
    kind: "Kind",
    barcode: "Barcode",
    description: "Description",
  },
  {
    url: "Page sur Last.fm",
    listeners: "Auditeurs (Last.fm)",
    playcount: "Écoutes (Last.fm)",
    tags: "Étiquettes",
    bio: "Biographie",
    wiki: "Texte",
    images: "Images",
    genres: "Genres",
    followers: "Abonnés (Spotify)",
    popularity: "Popularité (Spotify)",
    monthly_listeners: "Auditeurs mensuels (Spotify)",
    listenbrainz_listeners: "Auditeurs (ListenBrainz)",
    listenbrainz_listens: "Écoutes (ListenBrainz)",
    releases: "Parutions",
    label: "Label",
    labels: "Labels",
    management: "Management",
    mbid: "Identifiant MusicBrainz",
    release_group_mbid: "Identifiant MusicBrainz de toutes les éditions",
    spotify_id: "Identifiant Spotify",
    wikidata_id: "Identifiant Wikidata",
    tracks: "Titres",
    released: "Première parution",
    kind: "Type",
    barcode: "Code-barres",
    description: "Description",
  },
);

export type FieldName = keyof (typeof fieldTexts)["en"];

export function isFieldName(name: string): name is FieldName {
  return name in fieldTexts.en;
}
