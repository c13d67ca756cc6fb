import { counted, texts } from "@/i18n/texts";

const en = counted("en");
const fr = counted("fr");

export const journalTexts = texts(
  {
    title: "Journal",
    list: "Plays, newest first",
    search: "Search artist, track or album",
    from: "From day",
    to: "To day",
    artist: (name: string) => `Artist: ${name}`,
    album: (title: string) => `Album: ${title}`,
    clear: "Clear the filters",
    exportCsv: "Export as CSV",
    exportJson: "Export as JSON Lines",
    nothing: "Nothing was played yet, as far as SoniqueBay knows.",
    nothingFound: "No play fits these filters.",
    toSettings: "Import your history in the settings",
    nowPlaying: "Playing now",
    changed: "Older plays came in meanwhile.",
    show: "Show them",
    arrived: (count: number) => en(count, "# new play", "# new plays"),
    today: "Today",
    yesterday: "Yesterday",
  },
  {
    title: "Journal",
    list: "Écoutes, de la plus récente à la plus ancienne",
    search: "Chercher un artiste, un titre ou un album",
    from: "Du jour",
    to: "Au jour",
    artist: (name) => `Artiste\u00a0: ${name}`,
    album: (title) => `Album\u00a0: ${title}`,
    clear: "Effacer les filtres",
    exportCsv: "Exporter en CSV",
    exportJson: "Exporter en JSON Lines",
    nothing: "Rien n’a encore été écouté, à la connaissance de SoniqueBay.",
    nothingFound: "Aucune écoute ne correspond à ces filtres.",
    toSettings: "Importer votre historique dans les réglages",
    nowPlaying: "En cours d’écoute",
    changed: "Des écoutes plus anciennes sont arrivées entre-temps.",
    show: "Les afficher",
    arrived: (count) => fr(count, "# nouvelle écoute", "# nouvelles écoutes"),
    today: "Aujourd’hui",
    yesterday: "Hier",
  },
);
