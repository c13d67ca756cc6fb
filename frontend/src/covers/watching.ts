// What do the covers on this page look like? All that are shown are watched by one stream, so each changes by itself when its image comes.
import { useCallback, useEffect, useSyncExternalStore } from "react";

import type { Of } from "@/api/client";
import { addressOf, type EventOf } from "@/events/useEvents";
import { Stream } from "@/events/stream";

export type Cover = Of<"cover">["Cover"];
/** `albums/{id}` or `artists/{id}`. */
export type CoverName = `${"albums" | "artists"}/${string}`;

const PATH = "/api/v1/covers/events";
/** So many one stream takes, and so many ids an address of 8 KiB holds. */
const MOST = 120;
const GATHER_MS = 120;
/** Covers that went out of sight are remembered, up to so many. */
const MOST_REMEMBERED = 2000;

class Watching {
  private readonly shown = new Map<CoverName, number>();
  private readonly known = new Map<CoverName, Cover>();
  private readonly listeners = new Map<CoverName, Set<() => void>>();
  private watched = new Set<CoverName>();
  private stream: Stream | null = null;
  private timer: number | undefined;

  of(name: CoverName): Cover | null {
    return this.known.get(name) ?? null;
  }

  listen(name: CoverName, listener: () => void): () => void {
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(name);
    };
  }

  /** It is on the page until the answer is called. */
  show(name: CoverName): () => void {
    this.shown.set(name, (this.shown.get(name) ?? 0) + 1);
    this.gather();
    return () => {
      const left = (this.shown.get(name) ?? 1) - 1;
      if (left > 0) this.shown.set(name, left);
      else this.shown.delete(name);
      this.gather();
    };
  }

  private gather(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.watch(), GATHER_MS);
  }

  private watch(): void {
    // Those that came last are what a person looks at.
    const wanted = [...this.shown.keys()].slice(-MOST);
    // What only went out of sight is not worth another stream; what came into sight is.
    if (wanted.length > 0 && wanted.every((name) => this.watched.has(name))) return;
    this.stream?.close();
    this.stream = null;
    this.watched = new Set(wanted);
    if (wanted.length === 0) return;
    const url = addressOf(PATH, {}, { covers: wanted });
    this.stream = new Stream(url, ["message"], (message) => this.learn(message as EventOf<typeof PATH>), () => undefined);
  }

  private learn({ covers }: EventOf<typeof PATH>): void {
    for (const cover of covers) {
      const name = `${cover.kind}/${cover.id}` as CoverName;
      this.known.delete(name);
      this.known.set(name, cover);
      for (const listener of this.listeners.get(name) ?? []) listener();
    }
    for (const name of this.known.keys()) {
      if (this.known.size <= MOST_REMEMBERED) break;
      if (!this.shown.has(name)) this.known.delete(name);
    }
  }
}

const watching = new Watching();

/** The cover as it is now, told anew whenever it changes; null until it is known, or without a name. */
export function useCover(name: CoverName | null): Cover | null {
  useEffect(() => (name ? watching.show(name) : undefined), [name]);
  const subscribe = useCallback((listener: () => void) => (name ? watching.listen(name, listener) : () => undefined), [name]);
  return useSyncExternalStore(subscribe, () => (name ? watching.of(name) : null));
}
