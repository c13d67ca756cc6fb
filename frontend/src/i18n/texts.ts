// In which words does the app speak? Every text stands in English and in French, side by side, beside the component that shows it.

export const LANGUAGES = ["en", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

type Text = string | ((...values: never[]) => string);

/** The same keys, and functions of the same values: a text that one language lacks does not compile. */
type Same<Catalogue> = {
  [Key in keyof Catalogue]: Catalogue[Key] extends (...values: infer Values) => string ? (...values: Values) => string : string;
};

/** A component's texts: `texts({ title: "Journal" }, { title: "Journal" })`. */
export function texts<Catalogue extends Record<string, Text>>(
  en: Catalogue,
  fr: Same<Catalogue>,
): Record<Language, Same<Catalogue>> {
  // A text is its own kind of text; the compiler cannot follow that through a catalogue it does not know yet.
  return { en: en as unknown as Same<Catalogue>, fr };
}

/** A number with its noun: `counted("fr")(2, "# écoute", "# écoutes")`. */
export function counted(language: Language): (count: number, one: string, other: string) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, one, other) => (rules.select(count) === "one" ? one : other).replace("#", numbers.format(count));
}
