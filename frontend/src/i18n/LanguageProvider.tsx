// Which language is spoken now? The browser's, until a person chooses.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

import { LANGUAGES, type Language } from "./texts";

const KEPT_AS = "soniquebay.language";

interface Speaking {
  language: Language;
  speak: (language: Language) => void;
}

const SpeakingContext = createContext<Speaking | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speaking = useMemo(
    () => ({
      language,
      speak: (chosen: Language) => {
        localStorage.setItem(KEPT_AS, chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <SpeakingContext value={speaking}>{children}</SpeakingContext>;
}

export function useLanguage(): Speaking {
  const speaking = useContext(SpeakingContext);
  if (speaking === null) throw new Error("There is no LanguageProvider above.");
  return speaking;
}

/** A component's texts in the language spoken now. */
export function useTexts<Catalogue>(both: Record<Language, Catalogue>): Catalogue {
  return both[useLanguage().language];
}

function firstLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return LANGUAGES.find((known) => known === wanted.find((tag) => LANGUAGES.some((each) => each === tag))) ?? "en";
}
