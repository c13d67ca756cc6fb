// What is the live tracker doing, and what plays now? Told by the tracker itself, as it happens.
import { useState } from "react";

import type { Of } from "@/api/client";
import type { Connection } from "@/events/stream";
import { useEvents } from "@/events/useEvents";

export type TrackerStatus = Of<"tracker">["GetTrackerStatusResponse"];
export type NowPlaying = Of<"tracker">["NowPlaying"];
export type Play = Of<"tracker">["Play"];

interface Tracker {
  /** Null until it is known. */
  status: TrackerStatus | null;
  nowPlaying: NowPlaying | null;
  /** Only while it is open, what is shown is what is so. */
  connection: Connection;
}

const NAMES = ["status", "play", "now_playing"];

/** `onPlay` is called for every play that is stored from now on. */
export function useTracker(onPlay?: (play: Play) => void): Tracker {
  const [status, setStatus] = useState<TrackerStatus | null>(null);
  const [nowPlaying, setNowPlaying] = useState<NowPlaying | null>(null);
  const { connection } = useEvents("/api/v1/services/tracker/events", {
    names: NAMES,
    onEvent: ({ status: told, play, now_playing: playing }) => {
      if (told) {
        setStatus(told);
        setNowPlaying(sounding(told.now_playing));
      }
      if (playing) setNowPlaying(sounding(playing));
      if (play) onPlay?.(play);
    },
  });
  return { status, nowPlaying, connection };
}

/** Empty names say that nothing plays. */
function sounding(playing: NowPlaying | null | undefined): NowPlaying | null {
  return playing?.track ? playing : null;
}
