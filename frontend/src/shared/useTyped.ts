// What stands in fields that write into the address, and who wins when the two differ?
import { useEffect, useEffectEvent, useState } from "react";

import { useTypingPause } from "./useTypingPause";

interface Asked<Words> {
  /** What the address says, as it is drawn. */
  at: Words;
  /** What goes into the address of what was typed, such as without spaces at its ends. */
  trim: (typed: Words) => Words;
  /** Writes it there. */
  tell: (words: Words) => void;
}

/**
 * What is typed goes into the address once one pauses. What was typed on until the address came stays, as do spaces that the address
 * leaves out; an address that comes by other means, such as the way back, counts more than what is typed.
 */
export function useTyped<Words>({ at, trim, tell }: Asked<Words>): [Words, (change: (now: Words) => Words) => void] {
  const [typed, setTyped] = useState({ words: at, at, told: at });
  const written = JSON.stringify(at);
  const meet = useEffectEvent(() =>
    // Whatever was typed meanwhile counts: it may be more than what was drawn last.
    setTyped((now) => (isSame(now.at, at) ? now : { words: isSame(now.told, at) ? now.words : at, at, told: at })),
  );
  // In an effect: what is set while drawing is lost, with letters typed meanwhile, where React draws anew before it is done.
  // eslint-disable-next-line react-hooks/set-state-in-effect
  useEffect(() => meet(), [written]);
  useTypingPause(typed.words, () => {
    const told = trim(typed.words);
    if (isSame(told, at)) return;
    setTyped((now) => ({ ...now, told }));
    tell(told);
  });
  return [typed.words, (change) => setTyped((now) => ({ ...now, words: change(now.words) }))];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
