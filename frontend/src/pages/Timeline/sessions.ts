// What was played in one go? Plays one after the other from one album of one artist, in order.
import type { Of } from "@/api/client";

export type Play = Of<"tracker">["Play"];

export function sessionsOf(plays: readonly Play[]): [Play, ...Play[]][] {
  const sessions: [Play, ...Play[]][] = [];
  for (const play of plays) {
    const last = sessions.at(-1);
    if (last?.[0].artist === play.artist && last[0].album === play.album) last.push(play);
    else sessions.push([play]);
  }
  return sessions;
}
