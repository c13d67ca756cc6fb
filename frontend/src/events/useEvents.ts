// How does a component follow a stream of events? The last message stays while the connection comes and goes.
import { useEffect, useEffectEvent, useState } from "react";

import type { paths } from "@/api/schema";

import { Stream, type Connection } from "./stream";

interface Streaming {
  get: { responses: { 200: { content: { "text/event-stream": { data: unknown } } } } };
}

/** The paths that are streams. */
type StreamPath = { [Path in keyof paths]: paths[Path] extends Streaming ? Path : never }[keyof paths];

/** Those that can be gone on with after an event that was seen. */
type Resumable = { [Path in StreamPath]: paths[Path]["get"] extends { parameters: { query?: { last_event_id?: string } } } ? Path : never }[StreamPath];
const RESUMABLE: readonly Resumable[] = ["/api/v1/services/tracker/events", "/api/v1/imports/{import_id}/events"];

/** What one event of a stream holds. */
export type EventOf<Path extends StreamPath> = paths[Path] extends Streaming
  ? paths[Path]["get"]["responses"][200]["content"]["text/event-stream"]["data"]
  : never;

interface Following<Path extends StreamPath> {
  /** What stands for the `{names}` in the path. */
  params?: Record<string, string>;
  query?: Record<string, string | string[]>;
  /** The events to listen to: the members of the message's oneof `event`; `message` where it has none. */
  names: readonly string[];
  onEvent?: (event: EventOf<Path>) => void;
  /** Not followed while false. */
  enabled?: boolean;
}

export function useEvents<Path extends StreamPath>(path: Path, following: Following<Path>) {
  const { params, query, names, onEvent, enabled = true } = following;
  const url = addressOf(path, params, query);
  const [last, setLast] = useState<{ url: string; event: EventOf<Path> } | null>(null);
  const [connection, setConnection] = useState<Connection>("connecting");
  const receive = useEffectEvent((message: unknown) => {
    // The contracts say what is in it, and the gateway writes nothing else.
    const event = message as EventOf<Path>;
    setLast({ url, event });
    onEvent?.(event);
  });
  const listened = names.join();
  const resumes = RESUMABLE.some((each) => each === path);
  useEffect(() => {
    if (!enabled) return;
    const stream = new Stream(url, listened.split(","), (message) => receive(message), setConnection, resumes);
    return () => stream.close();
  }, [url, listened, enabled, resumes]);
  return { last: last?.url === url ? last.event : null, connection };
}

export function addressOf(path: string, params: Record<string, string> = {}, query: Record<string, string | string[]> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) asked.append(name, one);
  }
  return asked.size > 0 ? `${filled}?${asked}` : filled;
}
