// When has whoever types come to an end?
import { useEffect, useEffectEvent } from "react";
import { useLocation, useNavigation } from "react-router";

const PAUSE_MS = 300;

/**
 * Calls `tell`, which asks for what was typed or writes it into the address, once `typed` has stayed the same for a while. Not while the
 * address is ahead of what is drawn: then one is on the way elsewhere, and would be led back. If that is here, the pause begins anew.
 */
export function useTypingPause(typed: unknown, tell: () => void): void {
  const { pathname, search } = useLocation();
  const { state } = useNavigation();
  const end = useEffectEvent(() => {
    if (state === "idle" && window.location.pathname === pathname && window.location.search === search) tell();
  });
  useEffect(() => {
    const timer = window.setTimeout(() => end(), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [typed, pathname, search, state]);
}
