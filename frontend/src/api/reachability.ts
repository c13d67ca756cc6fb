// Does the gateway answer? While it does not, it is asked again and again, so that the app comes back by itself.
import { useSyncExternalStore } from "react";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 8000;

class Reachability {
  private isUp = true;
  private pause = FIRST_PAUSE_MS;
  private timer: number | undefined;
  private checking: Promise<void> | null = null;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly isThere = (): boolean => this.isUp;

  /** Somebody got no answer. */
  readonly lost = (): void => {
    if (!this.isUp) return;
    this.isUp = false;
    this.pause = FIRST_PAUSE_MS;
    this.tell();
    this.askSoon();
  };

  /** Somebody got one. */
  readonly found = (): void => {
    if (this.isUp) return;
    this.isUp = true;
    window.clearTimeout(this.timer);
    this.tell();
  };

  /** Asks at once, because a person wants to know or something broke off; once for all who want to know meanwhile. */
  readonly check = (): Promise<void> => {
    this.checking ??= this.ask().finally(() => {
      this.checking = null;
    });
    return this.checking;
  };

  private async ask(): Promise<void> {
    window.clearTimeout(this.timer);
    try {
      const answer = await fetch("/healthz", { cache: "no-store" });
      if (answer.ok) this.found();
      else this.lost();
    } catch {
      this.lost();
    }
    if (!this.isUp) this.askSoon();
  }

  /** Resolves when there is somebody. */
  readonly back = (): Promise<void> =>
    new Promise((resolve) => {
      if (this.isUp) {
        resolve();
        return;
      }
      const stop = this.subscribe(() => {
        if (!this.isUp) return;
        stop();
        resolve();
      });
    });

  private askSoon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

export const reachability = new Reachability();

export function useReachability(): boolean {
  return useSyncExternalStore(reachability.subscribe, reachability.isThere);
}
