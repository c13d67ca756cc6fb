// What is asked about one artist? Its queries, each under ["artist", id, …], so that one word makes all of them be asked again.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Of } from "@/api/client";
import type { Overriding } from "@/facts/Overrides";
import { useLanguage } from "@/i18n/LanguageProvider";
import type { Explanation } from "@/shared/Why";

export type EnrichedArtist = Of<"artist">["EnrichedArtist"];
export type SimilarArtist = Of<"artist">["SimilarArtist"];
export type NumberSeries = Of<"artist">["NumberSeries"];

export function useArtist(id: string) {
  const { language } = useLanguage();
  return useQuery({
    queryKey: ["artist", id, "enriched", language],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/enrichment/artists/{id}", { params: { path: { id }, query: { language } }, signal })),
    // Another language shows what was there until it has come.
    placeholderData: (before) => before,
  });
}

/** Asks the providers again; all that is shown of the artist follows. */
export function useRefresh(id: string) {
  const queries = useQueryClient();
  const { language } = useLanguage();
  return useMutation({
    mutationFn: () => refresh(id, language),
    onSettled: () => queries.invalidateQueries({ queryKey: ["artist", id] }),
  });
}

/** Says which of the candidates is meant, and has asked what rests on that. */
export function useSettling(id: string, reason: string) {
  const queries = useQueryClient();
  const { language } = useLanguage();
  return useMutation({
    mutationFn: async ({ scheme, value }: { scheme: string; value: string }) => {
      const path = { artist: id, field: scheme };
      await ask(api.PUT("/api/v1/artists/{artist}/overrides/{field}", { params: { path }, body: { value, reason } }));
      await refresh(id, language);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["artist", id] }),
  });
}

function refresh(id: string, language: string) {
  return ask(api.POST("/api/v1/enrichment/artists/{id}/refresh", { params: { path: { id }, query: { language } } }));
}

export function useNumbers(id: string) {
  return useQuery({
    queryKey: ["artist", id, "numbers"],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/artists/{artist}/numbers", { params: { path: { artist: id } }, signal }))).numbers,
  });
}

const MOST_SIMILAR = 100;

export function similarQuery(id: string, isLibraryOnly: boolean) {
  return {
    queryKey: ["artist", id, "similar", isLibraryOnly],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const query = { page_size: MOST_SIMILAR, ...(isLibraryOnly ? { in_library: true } : {}) };
      return (await ask(api.GET("/api/v1/artists/{artist}/similar", { params: { path: { artist: id }, query }, signal }))).similar_artists;
    },
  };
}

export async function explainField(id: string, field: string, signal: AbortSignal): Promise<Explanation | undefined> {
  const params = { path: { artist: id }, query: { field } };
  return (await ask(api.GET("/api/v1/artists/{artist}/explain", { params, signal }))).explanations[0];
}

/** What a person may set of an artist. */
export function overridingOf(id: string): Overriding {
  const pathOf = (field: string) => ({ artist: id, field });
  return {
    thing: ["artist", id],
    fields: {
      tags: "words",
      genres: "words",
      bio: "text",
      label: "line",
      url: "line",
      mbid: "line",
      spotify_id: "line",
      wikidata_id: "line",
      listeners: "number",
      playcount: "number",
      followers: "number",
      popularity: "number",
      monthly_listeners: "number",
      listenbrainz_listeners: "number",
      listenbrainz_listens: "number",
    },
    explain: async (signal) =>
      (await ask(api.GET("/api/v1/artists/{artist}/explain", { params: { path: { artist: id } }, signal }))).explanations,
    set: (field, value, reason) =>
      ask(api.PUT("/api/v1/artists/{artist}/overrides/{field}", { params: { path: pathOf(field) }, body: { value, reason } })),
    unset: (field) => ask(api.DELETE("/api/v1/artists/{artist}/overrides/{field}", { params: { path: pathOf(field) } })),
  };
}
