// What is asked about one album? Its queries, each under ["album", id, …], so that one word makes all of them be asked again.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Of } from "@/api/client";
import type { Overriding } from "@/facts/Overrides";
import { useLanguage } from "@/i18n/LanguageProvider";
import type { Explanation } from "@/shared/Why";

export type EnrichedAlbum = Of<"album">["EnrichedAlbum"];
export type Track = Of<"album">["Track"];

/** A description is written behind the scenes: somebody who waits for it looks again. */
const DESCRIBED_MS = 4000;
const LOOKS = 5;

export function useAlbum(id: string) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["album", id, "enriched", language],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/albums/{album}/enriched", { params: { path: { album: id }, query: { language } }, signal })),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) =>
      state.data?.album?.enrich_time && !state.data.description && state.dataUpdateCount < LOOKS ? DESCRIBED_MS : false,
  });
}

/** Asks the providers again; all that is shown of the album follows. */
export function useRefresh(id: string) {
  const queries = useQueryClient();
  const { language } = useLanguage();
  return useMutation({
    mutationFn: () => ask(api.POST("/api/v1/albums/{album}/refresh", { params: { path: { album: id } }, body: { language } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["album", id] }),
  });
}

const TRACKS = 200;

export function useTracks(id: string) {
  return useInfiniteQuery({
    queryKey: ["album", id, "tracks"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = { page_size: TRACKS, page_token: pageParam };
      return ask(api.GET("/api/v1/albums/{album}/tracks", { params: { path: { album: id }, query }, signal }));
    },
    getNextPageParam: (last) => last.next_page_token || undefined,
  });
}

export async function explainField(id: string, field: string, signal: AbortSignal): Promise<Explanation | undefined> {
  const params = { path: { album: id }, query: { field } };
  return (await ask(api.GET("/api/v1/albums/{album}/explain", { params, signal }))).explanations[0];
}

/** What a person may set of an album. */
export function overridingOf(id: string): Overriding {
  const pathOf = (field: string) => ({ album: id, field });
  return {
    thing: ["album", id],
    fields: {
      genres: "words",
      tags: "words",
      description: "text",
      wiki: "text",
      released: "line",
      kind: "line",
      labels: "words",
      barcode: "line",
      url: "line",
      mbid: "line",
      release_group_mbid: "line",
      spotify_id: "line",
      listeners: "number",
      playcount: "number",
    },
    explain: async (signal) =>
      (await ask(api.GET("/api/v1/albums/{album}/explain", { params: { path: { album: id } }, signal }))).explanations,
    set: (field, value, reason) =>
      ask(api.PUT("/api/v1/albums/{album}/overrides/{field}", { params: { path: pathOf(field) }, body: { value, reason } })),
    unset: (field) => ask(api.DELETE("/api/v1/albums/{album}/overrides/{field}", { params: { path: pathOf(field) } })),
  };
}
