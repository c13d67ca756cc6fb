// Which days are looked at? A span that ends today, named in the address, or two days that stand there themselves.
import { addDays, daysIn, FIRST_DAY, isDay, monthsBefore } from "@/time/days";

export const SPANS = ["week", "month", "quarter", "year", "all"] as const;
export type Span = (typeof SPANS)[number];

const USUAL: Span = "year";

export interface Days {
  from: string;
  to: string;
}

/** What the address wants: a span, or two days. */
export type Wanted = { span: Span } | Days;

export function wantedOf(search: URLSearchParams): Wanted {
  const from = search.get("from") ?? "";
  const to = search.get("to") ?? "";
  // Addresses may be typed.
  if (isDay(from) && isDay(to) && from <= to) return { from, to };
  return { span: SPANS.find((span) => span === search.get("span")) ?? USUAL };
}

/** The days of it, both included, when today is known. */
export function daysOf(wanted: Wanted, today: string): Days {
  if (!("span" in wanted)) return wanted;
  return { from: firstOf(wanted.span, today), to: today };
}

function firstOf(span: Span, today: string): string {
  switch (span) {
    case "week":
      return addDays(today, -6);
    case "month":
      return addDays(monthsBefore(today, 1), 1);
    case "quarter":
      return addDays(monthsBefore(today, 3), 1);
    case "year":
      return addDays(monthsBefore(today, 12), 1);
    case "all":
      return FIRST_DAY;
  }
}

/** As many days as these, right before them; null where nobody had plays yet. */
export function daysBefore({ from, to }: Days): Days | null {
  const before = { from: addDays(from, -daysIn(from, to)), to: addDays(from, -1) };
  return before.from >= FIRST_DAY ? before : null;
}
