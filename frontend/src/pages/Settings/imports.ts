// How are imports asked for, and moved on?
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";

import { api, ask, type Of } from "@/api/client";

export type Import = Of<"tracker">["Import"];
export type Wanted = Of<"tracker">["CreateImportRequest"];
type Move = "pause" | "resume" | "cancel" | "undo" | "retry";

const KEY = ["imports"];
const SHOWN = 50;
const SEVERAL_MS = 5000;

/** The latest imports, newest first. */
export function useImports(): UseQueryResult<Import[]> {
  const follow = useFollowers();
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const { imports } = await ask(api.GET("/api/v1/imports", { params: { query: { page_size: SHOWN } }, signal }));
      follow(imports);
      return imports;
    },
    // One stream tells of one import; whether another one has begun meanwhile is asked.
    refetchInterval: ({ state }) => ((state.data ?? []).filter((each) => !hasEnded(each)).length > 1 ? SEVERAL_MS : false),
  });
}

/** Puts what is known of an import now in the place of what was. */
export function useKnow(): (told: Import) => void {
  const queries = useQueryClient();
  const follow = useFollowers();
  return (told) => {
    follow([told]);
    queries.setQueryData<Import[]>(KEY, (known = []) =>
      known.some(({ id }) => id === told.id) ? known.map((each) => (each.id === told.id ? told : each)) : [told, ...known],
    );
  };
}

/** What the keys begin with of all that plays change: the journal, what is counted of it, and who was heard. */
const OF_PLAYS = ["plays", "timeline", "analytics", "completeness", "artist", "album", "cover"];

/** Has what follows from plays asked for again, where these imports have changed them since they were last told of. */
function useFollowers(): (told: Import[]) => void {
  const queries = useQueryClient();
  return (told) => {
    const before = queries.getQueryData<Import[]>(KEY) ?? [];
    const isNews = told.some((each) => {
      const was = before.find(({ id }) => id === each.id);
      return was && hasChangedPlays(was, each);
    });
    if (isNews) for (const name of OF_PLAYS) void queries.invalidateQueries({ queryKey: [name] });
  };
}

function hasChangedPlays(was: Import, is: Import): boolean {
  return !is.dry_run && ((hasEnded(is) && !hasEnded(was)) || is.is_undone !== was.is_undone);
}

interface Upload {
  file: File;
  dryRun: boolean;
}

/** Begins an import, of a file or of what a source has. */
export function useBringIn() {
  const know = useKnow();
  return useMutation({
    mutationFn: (wanted: Wanted | Upload) => ("file" in wanted ? upload(wanted) : ask(api.POST("/api/v1/imports", { body: wanted }))),
    onSuccess: know,
  });
}

function upload({ file, dryRun }: Upload): Promise<Import> {
  return ask(
    api.POST("/api/v1/imports:upload", {
      params: { query: { dry_run: dryRun } },
      // The contract says "bytes", for which TypeScript has no word.
      body: file as unknown as string,
      bodySerializer: (body) => body,
      headers: { "content-type": "application/octet-stream" },
    }),
  );
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
