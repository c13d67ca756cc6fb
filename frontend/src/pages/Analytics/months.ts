// How is a month called, and what is missing from it?
import { useMemo } from "react";

import type { Of } from "@/api/client";
import { localDay, useFormat } from "@/i18n/useFormat";

export type Month = Of<"tracker">["MonthCount"];

/** Plays that the source has and we have not; null until it was asked. */
export function missingIn({ source_count: source, stored_count: stored }: Month): number | null {
  return source === null ? null : Math.max(0, source - stored);
}

/** Writes a month such as 2026-11: with its year when long, its first letter when narrow. */
export function useMonthName(style: "long" | "narrow"): (month: string) => string {
  const { locale } = useFormat();
  return useMemo(() => {
    const written = new Intl.DateTimeFormat(locale, style === "long" ? { month: "long", year: "numeric" } : { month: "narrow" });
    return (month) => written.format(localDay(`${month}-01`));
  }, [locale, style]);
}
