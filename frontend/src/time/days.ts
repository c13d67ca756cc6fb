// What can be counted with days, written as 2026-11-26? All of it without hours, so that no zone and no clock change comes in between.

const DAY_MS = 86_400_000;
/** Before this nobody had plays; a year that is being typed, such as 0202, is none yet. */
export const FIRST_DAY = "1970-01-01";

/** Whether it is a day that exists, from 1970 on. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && text >= FIRST_DAY && dayAt(numberOf(text)) === text;
}

/** The day of a moment by the clock here. */
export function dayHere(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

export function addDays(day: string, count: number): string {
  return dayAt(numberOf(day) + count);
}

/** How many days there are from the first to the last, both counted. */
export function daysIn(first: string, last: string): number {
  return numberOf(last) - numberOf(first) + 1;
}

/** The Monday of its week. */
export function weekOf(day: string): string {
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

/** The first of its month. */
export function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

/** The same day some months earlier; the last of that month where it has no such day. */
export function monthsBefore(day: string, count: number): string {
  const first = new Date(monthOf(day));
  first.setUTCMonth(first.getUTCMonth() - count);
  const month = textOf(first);
  first.setUTCMonth(first.getUTCMonth() + 1);
  const last = addDays(textOf(first), -1);
  const wanted = `${month.slice(0, 7)}${day.slice(7)}`;
  return wanted < last ? wanted : last;
}

function numberOf(day: string): number {
  return Math.round(new Date(day).getTime() / DAY_MS);
}

function dayAt(number: number): string {
  const date = new Date(number * DAY_MS);
  return Number.isNaN(date.getTime()) ? "" : textOf(date);
}

function textOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
