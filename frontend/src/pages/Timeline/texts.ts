import { counted, texts } from "@/i18n/texts";

const en = counted("en");
const fr = counted("fr");

export const timelineTexts = texts(
  {
    title: "Timeline",
    days: "Choose a day",
    before: "Previous day",
    after: "Next day",
    day: "Day",
    today: "Today",
    plays: (count: number) => en(count, "# play", "# plays"),
    shape: (hours: string) => `Plays by hour. ${hours}`,
    inHour: (hour: string, plays: string) => `${hour}: ${plays}`,
    shapeEmpty: "Plays by hour: none.",
    hour: (hour: number) => `${String(hour).padStart(2, "0")}:00`,
    again: "once more: the clock was put back",
    quiet: (count: number) => en(count, "# quiet hour", "# quiet hours"),
    nothing: "Nothing was played on this day.",
    nothingYet: "Nothing was played yet, as far as SoniqueBay knows.",
    toSettings: "Import your history in the settings",
    others: "Other days with plays",
    earlier: (day: string) => `Earlier plays: ${day}`,
    later: (day: string) => `Later plays: ${day}`,
  },
  {
    title: "Chronologie",
    days: "Choisir un jour",
    before: "Jour précédent",
    after: "Jour suivant",
    day: "Jour",
    today: "Aujourd’hui",
    plays: (count) => fr(count, "# écoute", "# écoutes"),
    shape: (hours) => `Écoutes par heure. ${hours}`,
    inHour: (hour, plays) => `${hour}\u00a0: ${plays}`,
    shapeEmpty: "Écoutes par heure : aucune.",
    hour: (hour) => `${hour} h`,
    again: "une seconde fois : l’horloge a été retardée",
    quiet: (count) => fr(count, "# heure sans écoute", "# heures sans écoute"),
    nothing: "Rien n’a été écouté ce jour-là.",
    nothingYet: "Rien n’a encore été écouté, à la connaissance de SoniqueBay.",
    toSettings: "Importer votre historique dans les réglages",
    others: "Autres jours avec des écoutes",
    earlier: (day) => `Écoutes d’avant\u00a0: ${day}`,
    later: (day) => `Écoutes d’après\u00a0: ${day}`,
  },
);
