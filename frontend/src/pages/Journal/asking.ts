// Which plays are asked for? Those that fit the filters in the address; what was played after one came to the page is asked for apart.
import { api, ask } from "@/api/client";
import { localDay } from "@/i18n/useFormat";
import type { OnePage } from "@/lists/usePages";
import { isDay } from "@/time/days";
import type { Play } from "@/tracker/useTracker";

export interface Filters {
  text: string;
  artist: string;
  album: string;
  /** Days, both included, as 2026-11-26; empty for no limit. */
  from: string;
  to: string;
}

export const FILTER_NAMES = ["text", "artist", "album", "from", "to"] as const satisfies (keyof Filters)[];

const PAGE_SIZE = 200;
const MOST_NEW = 200;

export function filtersOf(search: URLSearchParams): Filters {
  const of = (name: keyof Filters) => search.get(name) ?? "";
  return { text: of("text"), artist: of("artist"), album: of("album"), from: dayOrNone(of("from")), to: dayOrNone(of("to")) };
}

/** Addresses may be typed. */
function dayOrNone(text: string): string {
  return isDay(text) ? text : "";
}

/** When the newest play that fits began: what came before it is the journal, what comes after is new. */
export async function findNewest(filters: Filters, signal: AbortSignal): Promise<string | null> {
  const { plays } = await ask(api.GET("/api/v1/plays", { params: { query: { ...queryOf(filters), page_size: 1 } }, signal }));
  return plays[0]?.play_time ?? null;
}

/** One page of the plays up to `newest`. */
export async function fetchPlays(filters: Filters, newest: string, token: string, signal: AbortSignal): Promise<OnePage<Play>> {
  const query = { ...queryOf(filters), to: after(newest), page_size: PAGE_SIZE, ...(token ? { page_token: token } : {}) };
  const { plays, next_page_token } = await ask(api.GET("/api/v1/plays", { params: { query }, signal }));
  return { rows: plays, next: next_page_token };
}

/** What began after `newest`; null when that is more than stands above a list. */
export async function fetchNew(filters: Filters, newest: string | null, signal: AbortSignal): Promise<Play[] | null> {
  const begin = newest ? { from: after(newest) } : {};
  const query = { ...queryOf(filters), ...begin, page_size: MOST_NEW };
  const { plays, next_page_token } = await ask(api.GET("/api/v1/plays", { params: { query }, signal }));
  return next_page_token === "" ? plays : null;
}

/** The second after a time. */
function after(time: string): string {
  return new Date(new Date(time).getTime() + 1000).toISOString();
}

function queryOf({ text, artist, album, from, to }: Filters) {
  const end = to ? localDay(to) : null;
  end?.setDate(end.getDate() + 1);
  return {
    ...(text ? { text } : {}),
    ...(artist ? { artist } : {}),
    ...(album ? { album } : {}),
    ...(from ? { from: localDay(from).toISOString() } : {}),
    ...(end ? { to: end.toISOString() } : {}),
  };
}

/** Plays as a file, within the days of the filters. */
export function exportAddress(format: "csv" | "jsonl", filters: Filters): string {
  const { from, to } = queryOf({ ...filters, text: "", artist: "", album: "" });
  const query = new URLSearchParams({ format, ...(from ? { from } : {}), ...(to ? { to } : {}) });
  return `/api/v1/plays:export?${query.toString()}`;
}
