// What is asked for this page, and when again?
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Of } from "@/api/client";
import { useZone } from "@/time/zone";

import { daysBefore, type Days } from "./range";

export type Known = Of<"tracker">["GetAnalyticsResponse"];
export type Completeness = Of<"tracker">["GetCompletenessResponse"];

/** Rows of each list: a few are shown, the rest when somebody wants them. */
const TOP = 50;
const COMPLETENESS = ["completeness"];
const COUNTING_MS = 1000;

export function useAnalytics(days: Days) {
  const zone = useZone();
  return useQuery({
    queryKey: ["analytics", days, zone],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/analytics", { params: { query: { ...days, ...zone, top: TOP } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** The same of as many days before; null where there are none. */
export function useAnalyticsBefore(days: Days) {
  const zone = useZone();
  const before = daysBefore(days);
  const { data } = useQuery({
    queryKey: ["analytics", before, zone, "totals"],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/analytics", { params: { query: { ...before, ...zone, top: 1 } }, signal })),
    enabled: before !== null,
  });
  return before === null ? null : (data ?? null);
}

export function useCompleteness() {
  return useQuery({
    queryKey: COMPLETENESS,
    queryFn: ({ signal }) => ask(api.GET("/api/v1/completeness", { signal })),
    refetchInterval: ({ state }) => (state.data?.is_counting ? COUNTING_MS : false),
  });
}

/** Last.fm is asked in the background; what is known so far is the answer. */
export function useRecount() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/completeness:refresh")),
    onSuccess: ({ completeness }) => {
      if (completeness) queries.setQueryData(COMPLETENESS, completeness);
      return queries.invalidateQueries({ queryKey: COMPLETENESS });
    },
  });
}
