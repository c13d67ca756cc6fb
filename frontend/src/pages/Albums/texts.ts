import { texts } from "@/i18n/texts";

export const albumsTexts = texts(
  {
    title: "Albums",
    search: "Titles that begin with",
    artist: "Of this artist",
    artistHint: "Begin to type a name",
    noArtist: "No artist’s name begins so.",
    clear: "Clear",
    open: "Open",
    close: "Close",
    loading: "Loading …",
    list: "Albums by title",
    nothing: "There are no albums yet. They come with what was played and with the music folder:",
    toSettings: "import plays in Settings",
    noMatch: "No album fits.",
  },
  {
    title: "Albums",
    search: "Titres qui commencent par",
    artist: "De cet artiste",
    artistHint: "Commencez à écrire un nom",
    noArtist: "Aucun nom d’artiste ne commence ainsi.",
    clear: "Effacer",
    open: "Ouvrir",
    close: "Fermer",
    loading: "Chargement…",
    list: "Albums par titre",
    nothing: "Il n’y a pas encore d’albums. Ils viennent avec les écoutes et avec le dossier de musique\u00a0:",
    toSettings: "importer des écoutes dans les réglages",
    noMatch: "Aucun album ne correspond.",
  },
);
