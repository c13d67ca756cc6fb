import { counted, texts } from "@/i18n/texts";

const en = counted("en");
const fr = counted("fr");

export const completenessTexts = texts(
  {
    title: "Is everything here?",
    intro: (account: string) => `Plays of ${account} that are stored, beside those Last.fm counts; months in UTC, of all time.`,
    noAccount: "No Last.fm account is set, so there is nothing to compare with.",
    toSettings: "See the settings",
    nothing: "Nothing of this account is stored yet.",
    ask: "Ask Last.fm again",
    counting: "Last.fm is being asked, a request a month …",
    asked: "Last.fm was asked",
    neverAsked: "Last.fm was not asked yet.",
    stored: "Stored",
    source: "By Last.fm",
    missing: "Missing",
    missingCount: (count: string) => `Missing: ${count}`,
    month: "Month",
    complete: "complete",
    unknown: "not asked",
    storedOf: (stored: string, source: string) => `${stored} of ${source} plays`,
    storedOnly: (stored: number) => en(stored, "# play stored", "# plays stored"),
    quarantined: (count: number) =>
      en(count, "# row was set aside because it cannot be a play.", "# rows were set aside because they cannot be plays."),
    holes: (count: number) => en(count, "# gap is still open:", "# gaps are still open:"),
    hole: (from: string, to: string) => `${from} – ${to}`,
    months: (count: number) => en(count, "# month", "# months"),
    summary: (complete: string, short: string, unknown: string) =>
      `Complete: ${complete}; with plays missing: ${short}; not asked about: ${unknown}.`,
  },
  {
    title: "Tout est-il là ?",
    intro: (account) => `Écoutes de ${account} enregistrées, face à celles que compte Last.fm\u00a0; mois en UTC, depuis toujours.`,
    noAccount: "Aucun compte Last.fm n’est indiqué : il n’y a rien à comparer.",
    toSettings: "Voir les réglages",
    nothing: "Rien de ce compte n’est encore enregistré.",
    ask: "Redemander à Last.fm",
    counting: "Last.fm est interrogé, une requête par mois…",
    asked: "Last.fm a été interrogé",
    neverAsked: "Last.fm n’a pas encore été interrogé.",
    stored: "Enregistrées",
    source: "Selon Last.fm",
    missing: "Manquantes",
    missingCount: (count) => `Manquantes\u00a0: ${count}`,
    month: "Mois",
    complete: "complet",
    unknown: "non demandé",
    storedOf: (stored, source) => `${stored} écoutes sur ${source}`,
    storedOnly: (stored) => fr(stored, "# écoute enregistrée", "# écoutes enregistrées"),
    quarantined: (count) =>
      fr(count, "# ligne a été mise de côté : elle ne peut pas être une écoute.", "# lignes ont été mises de côté : elles ne peuvent pas être des écoutes."),
    holes: (count) => fr(count, "# trou est encore ouvert :", "# trous sont encore ouverts :"),
    hole: (from, to) => `${from} – ${to}`,
    months: (count) => fr(count, "# mois", "# mois"),
    summary: (complete, short, unknown) =>
      `Complets\u00a0: ${complete}\u00a0; avec des écoutes manquantes\u00a0: ${short}\u00a0; non demandés\u00a0: ${unknown}.`,
  },
);
