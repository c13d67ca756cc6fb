// How is a list of any length shown in steady memory? Page by page: those near what is seen are kept, of others only where they begin.
import { useQueries, useQueryClient, type QueryKey, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useState } from "react";

export interface OnePage<Row> {
  rows: Row[];
  /** Token of the page after; empty at the end. */
  next: string;
}

interface Pages<Row> {
  /** Rows that are known to be there; more may follow. */
  count: number;
  /** The row, or null while its page is fetched again. */
  row: (index: number) => Row | null;
  /** Whether this is all. */
  isWhole: boolean;
  isLoading: boolean;
  error: Error | null;
  retry: () => void;
  /** These rows are seen, from the first to the last. */
  see: (first: number, last: number) => void;
}

interface Known {
  token: string;
  count: number;
}

/** Pages that are not near what is seen are let go after so long. */
const KEPT_MS = 15_000;

/** `key` says what the list is of; another key is another list. `fetchPage` asks for one page by its token, "" for the first. */
export function usePages<Row>(
  key: QueryKey,
  fetchPage: (token: string, signal: AbortSignal) => Promise<OnePage<Row>>,
): Pages<Row> {
  const name = JSON.stringify(key);
  const queries = useQueryClient();
  const [state, setState] = useState<{ name: string; known: Known[]; seen: [number, number] }>(() => fresh(name));
  const see = useCallback((from: number, to: number) => {
    setState((before) => (before.seen[0] === from && before.seen[1] === to ? before : { ...before, seen: [from, to] }));
  }, []);
  const now = state.name === name ? state : fresh(name);
  const [first, last] = [pageOf(now.known, now.seen[0]), pageOf(now.known, now.seen[1])];
  const wanted = now.known.map((_, index) => index).filter((index) => index >= first - 1 && index <= last + 1);

  const { pages, error, isLoading } = useQueries({
    queries: wanted.map((index) => queryOf(key, now.known[index]?.token ?? "", fetchPage)),
    combine: together<Row>,
  });

  const grown = grow(now.known, wanted, pages);
  if (grown !== now.known || now !== state) setState({ ...now, known: grown });

  const starts = startsOf(grown);
  const count = starts.at(-1) ?? 0;
  const rowsOf = new Map(wanted.map((index, place) => [index, pages[place]?.rows]));
  return {
    count,
    row: (index) => {
      const page = pageOf(grown, index);
      return rowsOf.get(page)?.[index - (starts[page] ?? 0)] ?? null;
    },
    isWhole: pages.at(-1)?.next === "" && wanted.at(-1) === grown.length - 1,
    isLoading,
    error,
    retry: () => void queries.refetchQueries({ queryKey: key, type: "active", predicate: ({ state }) => state.status === "error" }),
    see,
  };
}

/**
 * The query of one page. Made out here: a function made in there would hold what that drawing held, which held the one before, and so
 * every page that was ever seen.
 */
function queryOf<Row>(key: QueryKey, token: string, fetchPage: (token: string, signal: AbortSignal) => Promise<OnePage<Row>>) {
  return {
    queryKey: [...key, token],
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchPage(token, signal),
    gcTime: KEPT_MS,
  };
}

/** What the list needs of its queries, and nothing that would hold them. */
function together<Row>(results: UseQueryResult<OnePage<Row>>[]) {
  return {
    pages: results.map(({ data }) => data),
    error: results.find((result) => result.error && result.data === undefined)?.error ?? null,
    isLoading: results.some((result) => result.isFetching && result.data === undefined),
  };
}

function fresh(name: string): { name: string; known: Known[]; seen: [number, number] } {
  return { name, known: [{ token: "", count: 0 }], seen: [0, 0] };
}

/** What is known once these pages have come: how many rows each has, and where the one after begins. */
function grow<Row>(known: Known[], wanted: number[], pages: (OnePage<Row> | undefined)[]): Known[] {
  let grown = known;
  wanted.forEach((index, place) => {
    const page = pages[place];
    const before = grown[index];
    if (!page || !before) return;
    if (before.count !== page.rows.length) grown = grown.with(index, { ...before, count: page.rows.length });
    const after = grown[index + 1];
    // A page that ends elsewhere than before leads to others than before: what follows is learned anew.
    if (page.next === "" ? after : after?.token !== page.next) {
      grown = grown.slice(0, index + 1);
      if (page.next !== "") grown = [...grown, { token: page.next, count: 0 }];
    }
  });
  return grown;
}

/** Index of the first row of each page, and at the end how many rows there are. */
function startsOf(known: Known[]): number[] {
  const starts = [0];
  for (const { count } of known) starts.push((starts.at(-1) ?? 0) + count);
  return starts;
}

function pageOf(known: Known[], row: number): number {
  let start = 0;
  for (const [index, { count }] of known.entries()) {
    start += count;
    if (row < start) return index;
  }
  return Math.max(0, known.length - 1);
}
