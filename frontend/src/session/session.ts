// Must one sign in here, and is one signed in? The gateway knows; its cookie is out of every script's reach.
import createClient from "openapi-fetch";
import { useSyncExternalStore } from "react";

import type { paths } from "@/api/schema";
import { reachability } from "@/api/reachability";

export type Told = paths["/api/v1/auth/session"]["get"]["responses"][200]["content"]["application/json"];

export interface Session {
  /** `asking` before the first answer; `away` when a session is needed and there is none. */
  state: "asking" | "here" | "away";
  /** There is a session that can be ended. */
  canEnd: boolean;
  takesPassword: boolean;
  /** It ended by itself, with a page open that is wanted again. */
  ranOut: boolean;
}

/** A gateway that does not answer by then is not waited for: the app shows what it can. */
const PATIENCE_MS = 4000;

const client = createClient<paths>({ baseUrl: window.location.origin });

class Sessions {
  private session: Session = { state: "asking", canEnd: false, takesPassword: true, ranOut: false };
  private asking: Promise<void> | null = null;
  /** What is shown is a guess: the gateway has not said yet how things are. */
  private isGuess = true;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly now = (): Session => this.session;

  /** Asks the gateway; many who want to know at once are one question. */
  readonly check = (): Promise<void> => {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  };

  /** Somebody was refused, maybe because the session has ended. */
  readonly doubt = (): void => {
    if (this.session.canEnd || this.isGuess) void this.check();
  };

  /** What the gateway said. */
  readonly learn = (told: Told): void => {
    this.isGuess = false;
    const isAway = told.needed && !told.signed_in;
    const isOpen = this.session.state === "here" || this.session.ranOut;
    this.change({
      state: isAway ? "away" : "here",
      canEnd: told.signed_in,
      takesPassword: told.takes_password,
      ranOut: isAway && isOpen,
    });
  };

  /** A person has left: nothing of what they saw stays. */
  readonly leave = (): void => {
    this.change({ ...this.session, state: "away", canEnd: false, ranOut: false });
  };

  private async ask(): Promise<void> {
    try {
      const { data } = await client.GET("/api/v1/auth/session", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (data) this.learn(data);
    } catch {
      void reachability.check();
    }
    // Nobody knows: what is refused will say so.
    if (this.session.state === "asking") this.change({ ...this.session, state: "here" });
  }

  private change(session: Session): void {
    const before = this.session;
    const isSame =
      before.state === session.state &&
      before.canEnd === session.canEnd &&
      before.takesPassword === session.takesPassword &&
      before.ranOut === session.ranOut;
    if (isSame) return;
    this.session = session;
    for (const listener of this.listeners) listener();
  }
}

export const sessions = new Sessions();

export function useSession(): Session {
  return useSyncExternalStore(sessions.subscribe, sessions.now);
}
