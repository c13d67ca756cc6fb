// How are imports asked for, and moved on?
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";

import { api, ask, type Of } from "@/api/client";

export type Import = Of<"tracker">["Import"];
export type Wanted = Of<"tracker">["CreateImportRequest"];
export type Move = "pause" | "resume" | "cancel" | "undo" | "retry";

const KEY = ["imports"];
const SHOWN = 50;

/** The latest imports, newest first. */
export function useImports(): UseQueryResult<Import[]> {
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/imports", { params: { query: { page_size: SHOWN } }, signal }))).imports,
  });
}

/** Puts what is known of an import now in the place of what was. */
export function useKnow(): (told: Import) => void {
  const queries = useQueryClient();
  return (told) => {
    const before = queries.getQueryData<Import[]>(KEY);
    queries.setQueryData<Import[]>(KEY, (known = []) =>
      known.some(({ id }) => id === told.id) ? known.map((each) => (each.id === told.id ? told : each)) : [told, ...known],
    );
    const was = before?.find(({ id }) => id === told.id);
    // The journal and all that is counted of it are others now.
    if (was && !hasEnded(was) && hasEnded(told)) void queries.invalidateQueries({ predicate: ({ queryKey }) => tellsOfPlays(queryKey) });
  };
}

const OF_PLAYS = ["plays", "timeline", "analytics", "completeness", "artists", "albums"];

function tellsOfPlays(key: readonly unknown[]): boolean {
  return OF_PLAYS.some((name) => name === key[0]);
}

export function useBegin() {
  const know = useKnow();
  return useMutation({
    mutationFn: (wanted: Wanted) => ask(api.POST("/api/v1/imports", { body: wanted })),
    onSuccess: know,
  });
}

export function useUpload() {
  const know = useKnow();
  return useMutation({
    mutationFn: ({ file, dryRun }: { file: File; dryRun: boolean }) =>
      ask(
        api.POST("/api/v1/imports:upload", {
          params: { query: { dry_run: dryRun } },
          // The contract says "bytes", for which TypeScript has no word.
          body: file as unknown as string,
          bodySerializer: (body) => body,
          headers: { "content-type": "application/octet-stream" },
        }),
      ),
    onSuccess: know,
  });
}

export function useMove(id: string) {
  const know = useKnow();
  return useMutation({ mutationFn: (move: Move) => moveOn(id, move), onSuccess: know });
}

function moveOn(import_id: string, move: Move): Promise<Import> {
  const params = { path: { import_id } };
  switch (move) {
    case "pause":
      return ask(api.POST("/api/v1/imports/{import_id}:pause", { params }));
    case "resume":
      return ask(api.POST("/api/v1/imports/{import_id}:resume", { params }));
    case "cancel":
      return ask(api.POST("/api/v1/imports/{import_id}:cancel", { params }));
    case "undo":
      return ask(api.POST("/api/v1/imports/{import_id}:undo", { params }));
    case "retry":
      return ask(api.POST("/api/v1/imports/{import_id}:retry", { params }));
  }
}

export function hasEnded({ state }: Import): boolean {
  return state === "IMPORT_STATE_SUCCEEDED" || state === "IMPORT_STATE_FAILED" || state === "IMPORT_STATE_CANCELLED";
}
