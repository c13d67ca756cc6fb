// What does this page ask for, and what may it have done? One cover, why it is shown, the figures of all, and those one looks among.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { api, ask, type Of } from "@/api/client";
import { useCover, type Cover } from "@/covers/watching";

export type Kind = "albums" | "artists";
export type Stats = Of<"cover">["CoverStats"];
export type Attempt = Of<"cover">["CoverAttempt"];
export type CoverPicture = Of<"cover">["CoverImage"];

/** An album or artist, as far as this page speaks of it. */
export interface Subject {
  id: string;
  name: string;
  /** Who made it; empty for artists. */
  by: string;
}

const BUSY_MS = 3000;
const CALM_MS = 30_000;
const PAGE_SIZE = 12;

/** Often while something is looked for, and now and then otherwise. */
export function useStats() {
  return useQuery({
    queryKey: ["cover", "stats"],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/covers/stats", { signal })),
    refetchInterval: ({ state }) => (waitingIn(state.data?.queue ?? null) > 0 ? BUSY_MS : CALM_MS),
  });
}

export function waitingIn(queue: Stats["queue"]): number {
  return queue ? queue.high + queue.normal + queue.low : 0;
}

/** Those whose names begin so, some at a time. */
export function useSubjects(kind: Kind, begins: string) {
  return useInfiniteQuery({
    queryKey: [kind === "albums" ? "album" : "artist", "covers", begins],
    queryFn: ({ pageParam, signal }) => fetchSubjects(kind, begins, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next || null,
  });
}

async function fetchSubjects(kind: Kind, begins: string, token: string, signal: AbortSignal) {
  const page = { page_size: PAGE_SIZE, ...(token ? { page_token: token } : {}) };
  if (kind === "albums") {
    const query = { ...page, ...(begins ? { title_prefix: begins } : {}) };
    const { albums, next_page_token } = await ask(api.GET("/api/v1/albums", { params: { query }, signal }));
    return { subjects: albums.map(subjectOfAlbum), next: next_page_token };
  }
  const query = { ...page, ...(begins ? { name_prefix: begins } : {}) };
  const { artists, next_page_token } = await ask(api.GET("/api/v1/artists", { params: { query }, signal }));
  return { subjects: artists.map(subjectOfArtist), next: next_page_token };
}

export function useSubject(kind: Kind, id: string) {
  return useQuery({
    queryKey: [kind === "albums" ? "album" : "artist", id, "name"],
    queryFn: async ({ signal }): Promise<Subject> => {
      if (kind === "albums") {
        const album = await ask(api.GET("/api/v1/albums/{album}", { params: { path: { album: id } }, signal }));
        return subjectOfAlbum(album);
      }
      const artist = await ask(api.GET("/api/v1/artists/{artist}", { params: { path: { artist: id } }, signal }));
      return subjectOfArtist(artist);
    },
  });
}

function subjectOfAlbum({ id, title, artist_name }: Of<"album">["Album"]): Subject {
  return { id, name: title, by: artist_name };
}

function subjectOfArtist({ id, name }: Of<"artist">["Artist"]): Subject {
  return { id, name, by: "" };
}

/** The cover, and again whenever the events tell of a change; asked for, since they leave out its earlier pictures. */
export function useOneCover(kind: Kind, id: string) {
  const queries = useQueryClient();
  const told = useCover(`${kind}/${id}`);
  useEffect(() => {
    if (!told) return;
    void queries.invalidateQueries({ queryKey: ["cover", kind, id] });
    void queries.invalidateQueries({ queryKey: ["cover", "stats"] });
  }, [queries, told, kind, id]);
  const path = { kind, id };
  return useQuery({
    queryKey: ["cover", kind, id],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/covers/{kind}/{id}", { params: { path }, signal })),
  });
}

export function useAttempts(kind: Kind, id: string) {
  return useQuery({
    queryKey: ["cover", kind, id, "attempts"],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/covers/{kind}/{id}/attempts", { params: { path: { kind, id } }, signal }))).attempts,
  });
}

/** What a person may do with a cover. */
type Deed = { do: "upload"; file: File } | { do: "revert"; image: string } | { do: "refresh" } | { do: "lock" } | { do: "unlock" };

/** One at a time: while one is done, `act` does nothing. Its buttons stay, since one that is switched off loses the focus. */
export function useDeeds(kind: Kind, id: string) {
  const queries = useQueryClient();
  const deeds = useMutation({
    mutationFn: (deed: Deed) => perform(kind, id, deed),
    onSuccess: async (cover) => {
      if (cover) queries.setQueryData(["cover", kind, id], cover);
      await queries.invalidateQueries({ queryKey: ["cover", kind, id] });
    },
  });
  const act = (deed: Deed) => {
    if (!deeds.isPending) deeds.mutate(deed);
  };
  return { ...deeds, act };
}

/** The cover as it is then; null where the answer does not say. */
async function perform(kind: Kind, id: string, deed: Deed): Promise<Cover | null> {
  const params = { path: { kind, id } };
  switch (deed.do) {
    case "upload":
      return ask(
        api.PUT("/api/v1/covers/{kind}/{id}/image", {
          params,
          // The description calls a body of bytes a string; it is sent as the bytes it is.
          body: deed.file as unknown as string,
          bodySerializer: (body) => body,
          headers: { "content-type": deed.file.type || "application/octet-stream" },
        }),
      );
    case "revert":
      return ask(api.POST("/api/v1/covers/{kind}/{id}/revert", { params, body: { image: deed.image } }));
    case "refresh":
      return ask(api.POST("/api/v1/covers/{kind}/{id}/refresh", { params, body: {} }));
    case "lock":
      return ask(api.PUT("/api/v1/covers/{kind}/{id}/lock", { params }));
    case "unlock":
      await ask(api.DELETE("/api/v1/covers/{kind}/{id}/lock", { params }));
      return null;
  }
}
