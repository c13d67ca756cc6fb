// How is a long span drawn in few bars? By day, week or month, each with all of its plays, and those without any as well.
import type { Of } from "@/api/client";
import { addDays, daysIn, monthOf, weekOf } from "@/time/days";

import type { Days } from "./range";

export const PER = ["day", "week", "month"] as const;
export type Per = (typeof PER)[number];

export interface Bucket {
  /** Its first day: a Monday, or the first of a month. */
  day: string;
  count: number;
}

/** More bars than these are no bars any more. */
const MOST_BARS = 400;
/** So many can be told apart at a glance. */
const GOOD_BARS = 100;
const LENGTHS: Record<Per, number> = { day: 1, week: 7, month: 30.4 };

export function isDrawable(per: Per, days: Days): boolean {
  return per === "month" || barsOf(per, days) <= MOST_BARS;
}

/** The finest that can be told apart. */
export function usualPer(days: Days): Per {
  return PER.find((per) => barsOf(per, days) <= GOOD_BARS) ?? "month";
}

function barsOf(per: Per, { from, to }: Days): number {
  return daysIn(from, to) / LENGTHS[per];
}

export function bucketsOf(per: Per, { from, to }: Days, counts: Of<"tracker">["DayCount"][]): Bucket[] {
  const sums = new Map<string, number>();
  for (let day = from; day <= to; day = addDays(day, 1)) sums.set(firstOf(per, day), 0);
  for (const { date, play_count: count } of counts) {
    const first = firstOf(per, date);
    sums.set(first, (sums.get(first) ?? 0) + count);
  }
  return Array.from(sums, ([day, count]) => ({ day, count }));
}

function firstOf(per: Per, day: string): string {
  if (per === "day") return day;
  return per === "week" ? weekOf(day) : monthOf(day);
}
