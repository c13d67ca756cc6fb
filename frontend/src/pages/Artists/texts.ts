import { counted, texts } from "@/i18n/texts";

const en = counted("en");
const fr = counted("fr");

export const artistsTexts = texts(
  {
    title: "Artists",
    search: "Names that begin with",
    which: "Which artists",
    all: "All",
    library: "In the library",
    others: "Not in the library",
    list: "Artists by name",
    listeners: (n: number) => en(n, "# listener", "# listeners"),
    inLibrary: "in the library",
    nothing: "There are no artists yet. They come with what was played and with the music folder:",
    toSettings: "import plays in Settings",
    noMatch: "No artist’s name begins so.",
    noFilter: "No artist is among these.",
    add: "Look up an artist",
    addWords: "By name, or by a link to the artist at Spotify. Providers are asked, and what they say is kept.",
    nameOrLink: "Name or Spotify link",
    lookUp: "Look up",
    cancel: "Cancel",
    asking: "Providers are being asked. That may take up to half a minute.",
  },
  {
    title: "Artistes",
    search: "Noms qui commencent par",
    which: "Quels artistes",
    all: "Tous",
    library: "Dans la bibliothèque",
    others: "Hors bibliothèque",
    list: "Artistes par nom",
    listeners: (n) => fr(n, "# auditeur", "# auditeurs"),
    inLibrary: "dans la bibliothèque",
    nothing: "Il n’y a pas encore d’artistes. Ils viennent avec les écoutes et avec le dossier de musique\u00a0:",
    toSettings: "importer des écoutes dans les réglages",
    noMatch: "Aucun nom d’artiste ne commence ainsi.",
    noFilter: "Aucun artiste n’en fait partie.",
    add: "Chercher un artiste",
    addWords: "Par son nom, ou par un lien vers l’artiste chez Spotify. Les sources sont interrogées, et leurs réponses conservées.",
    nameOrLink: "Nom ou lien Spotify",
    lookUp: "Chercher",
    cancel: "Annuler",
    asking: "Les sources sont interrogées. Cela peut prendre une demi-minute.",
  },
);
