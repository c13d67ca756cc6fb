// How is a cover changed? By an image of one's own, by one it had before, or by its sources once they are asked again.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "@/api/client";

import { useCover, type Cover } from "../watching";

export interface Thing {
  kind: "albums" | "artists";
  id: string;
}

/** The cover as it is now: what the stream told last, until then what was answered. */
export function useCoverNow({ kind, id }: Thing) {
  const live = useCover(`${kind}/${id}`);
  const query = useQuery({
    queryKey: ["cover", kind, id],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/covers/{kind}/{id}", { params: { path: { kind, id } }, signal })),
  });
  return { ...query, data: live ?? query.data } as typeof query;
}

/** What became of asking each source; asked anew when the cover has become another. */
export function useAttempts({ kind, id }: Thing, cover: Cover) {
  return useQuery({
    queryKey: ["cover", kind, id, "attempts", cover.check_time, cover.image?.id, cover.is_locked],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/covers/{kind}/{id}/attempts", { params: { path: { kind, id } }, signal })),
    placeholderData: (before) => before,
  });
}

export type Change = { to: "upload"; file: File } | { to: "revert"; image: string } | { to: "refresh" } | { to: "unlock" };

export function useChange(thing: Thing) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Change) => make(change, thing),
    onSettled: () => queries.invalidateQueries({ queryKey: ["cover", thing.kind, thing.id] }),
  });
}

async function make(change: Change, { kind, id }: Thing): Promise<void> {
  const path = { kind, id };
  switch (change.to) {
    case "upload":
      await ask(
        api.PUT("/api/v1/covers/{kind}/{id}/image", {
          params: { path },
          body: "",
          // The bytes are the body; the description calls them a string.
          bodySerializer: () => change.file,
          headers: { "Content-Type": change.file.type || "application/octet-stream" },
        }),
      );
      return;
    case "revert":
      await ask(api.POST("/api/v1/covers/{kind}/{id}/revert", { params: { path }, body: { image: change.image } }));
      return;
    case "refresh":
      await ask(api.POST("/api/v1/covers/{kind}/{id}/refresh", { params: { path }, body: {} }));
      return;
    case "unlock":
      await ask(api.DELETE("/api/v1/covers/{kind}/{id}/lock", { params: { path } }));
  }
}
