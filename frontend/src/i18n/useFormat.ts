// How are numbers, dates and spans written in the language spoken now?
import { useMemo } from "react";

import { useLanguage } from "./LanguageProvider";
import type { Language } from "./texts";

export type Format = ReturnType<typeof formatOf>;

export function useFormat(): Format {
  const { language } = useLanguage();
  return useMemo(() => formatOf(language), [language]);
}

const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

function formatOf(language: Language) {
  // French as in France, English as the world writes it: day before month, 24 hours.
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always", style: "long" });
  const justNow = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "long" });
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 }).format(value);

  return {
    locale,
    /** 12,345 */
    number: (value: number) => number.format(value),
    /** 12.3K */
    compact: (value: number) => compact.format(value),
    /** 3.5 */
    decimal: (value: number) => decimal.format(value),
    /** 0–1 as 45% */
    percent: (share: number) => percent.format(share),
    /** 26 Nov 2026 */
    date: (value: string | Date) => date.format(new Date(value)),
    /** Thursday, 26 November 2026; a bare `2026-11-26` is that day wherever one is. */
    day: (value: string | Date) => day.format(typeof value === "string" && value.length === 10 ? localDay(value) : new Date(value)),
    /** 14:05 */
    time: (value: string | Date) => time.format(new Date(value)),
    /** 26 Nov 2026, 14:05:12 */
    moment: (value: string | Date) => moment.format(new Date(value)),
    /** "3 minutes ago", "in 2 hours" */
    relative: (value: string | Date, now: number) => {
      const told = (new Date(value).getTime() - now) / 1000;
      // The page's clock ticks every few seconds: what has just happened is not yet to come.
      const seconds = told > 0 && told < 10 ? 0 : told;
      const [name, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? (["second", 1] as const);
      // In words only "now": 47 hours are one whole day, and yet not yesterday.
      return (name === "second" ? justNow : relative).format(Math.trunc(seconds / size), name);
    },
    /** Seconds as "2 min 5 sec", "3 hr 10 min": the two largest units that are not zero. */
    span: (seconds: number) => {
      const whole = Math.max(0, Math.round(seconds));
      const parts = [
        [Math.floor(whole / 86_400), "day"],
        [Math.floor(whole / 3600) % 24, "hour"],
        [Math.floor(whole / 60) % 60, "minute"],
        [whole % 60, "second"],
      ] as const;
      const shown = parts.filter(([value]) => value > 0).slice(0, 2);
      return shown.length > 0 ? shown.map(([value, name]) => unit(value, name)).join(" ") : unit(0, "second");
    },
    /** 12 MB */
    bytes: (count: number) => {
      const names = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
      const power = Math.min(names.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
      return unit(count / 1000 ** power, names[power] ?? "byte");
    },
  };
}

/** The local midnight that begins a day written as 2026-11-26. */
export function localDay(value: string): Date {
  return new Date(`${value}T00:00:00`);
}

/** A Duration of the API, such as `3.5s`, in seconds. */
export function secondsOf(duration: string): number {
  return Number.parseFloat(duration);
}
