// What does the live tracker do, and how is it started and stopped?
import Alert from "@mui/material/Alert";
import Chip from "@mui/material/Chip";
import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { BusyButton } from "@/shared/BusyButton";
import { Facts } from "@/shared/Facts";
import { Loading } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";
import { Trouble } from "@/shared/Trouble";
import { useTracker, type NowPlaying, type TrackerStatus } from "@/tracker/useTracker";

import { Section } from "./Section";
import { settingsTexts } from "./texts";

const LEAST_SECONDS = 15;
const MOST_SECONDS = 86_400;
const COLOURS: Record<string, "success" | "warning" | "default"> = {
  following: "success",
  waiting: "warning",
  failing: "warning",
  stalled: "warning",
};

export function TrackerCard() {
  const t = useTexts(settingsTexts);
  const { status, nowPlaying, connection } = useTracker();
  // It is asked again and again: words that went with every question would only flicker.
  const [isSilent, setSilent] = useState(false);
  if (connection === "waiting" && !isSilent) setSilent(true);
  return (
    <Section title={t.tracker} aside={status && <StateChip state={status.state} isLive={connection === "open"} />}>
      {status ? (
        <Tracker status={status} nowPlaying={nowPlaying} />
      ) : isSilent ? (
        <Alert severity="warning">{t.trackerSilent}</Alert>
      ) : (
        <Loading>
          <Shape />
        </Loading>
      )}
    </Section>
  );
}

function StateChip({ state, isLive }: { state: string; isLive: boolean }) {
  const t = useTexts(settingsTexts);
  const names = new Map<string, string>([
    ["stopped", t.stopped],
    ["waiting", t.waiting],
    ["following", t.following],
    ["failing", t.failing],
    ["stalled", t.stalled],
  ]);
  return (
    <Stack direction="row" spacing={1} role="status">
      {!isLive && <Chip size="small" variant="outlined" label={t.notLive} />}
      <Chip color={COLOURS[state] ?? "default"} label={names.get(state) ?? state} data-state={state} />
    </Stack>
  );
}

function Tracker({ status, nowPlaying }: { status: TrackerStatus; nowPlaying: NowPlaying | null }) {
  const t = useTexts(settingsTexts);
  return (
    <Stack spacing={2}>
      {status.account === "" && <Alert severity="info">{t.noAccount}</Alert>}
      {status.last_error && (
        <Alert severity="warning">
          {t.lastLookFailed} <span lang="en">{status.last_error}</span>
        </Alert>
      )}
      <TrackerFacts status={status} nowPlaying={nowPlaying} />
      <Switch status={status} />
    </Stack>
  );
}

/** What stands there until the tracker is heard: as high as what comes, so that nothing moves away from under a finger. */
function Shape() {
  return (
    <Stack spacing={2}>
      <TrackerFacts status={null} nowPlaying={null} />
      <Skeleton variant="rounded" width={220} height={40} />
    </Stack>
  );
}

/** Each has its place whether it is known or not: what plays comes and goes all day. */
function TrackerFacts({ status, nowPlaying }: { status: TrackerStatus | null; nowPlaying: NowPlaying | null }) {
  const t = useTexts(settingsTexts);
  const format = useFormat();
  return (
    <Facts
      unknown={status ? "–" : <Skeleton width="60%" />}
      facts={[
        [t.account, status?.account],
        [t.interval, status && format.span(status.interval_seconds)],
        [t.nowPlaying, nowPlaying && `${nowPlaying.artist} – ${nowPlaying.track}`],
        [t.lastTrack, status?.last_track?.split("|").filter(Boolean).join(" · ")],
        [t.lastPlay, status?.last_play_time && <RelativeTime time={status.last_play_time} />],
        [t.lag, status?.running && status.lag_seconds !== null && format.span(status.lag_seconds)],
        [t.nextLook, status?.running && status.next_poll_time && <RelativeTime time={status.next_poll_time} />],
        [t.storedByTracker, status && format.number(status.plays_stored)],
      ]}
    />
  );
}

type Deed = { do: "start"; seconds: number } | { do: "stop" };

function perform(deed: Deed): Promise<unknown> {
  if (deed.do === "stop") return ask(api.POST("/api/v1/services/tracker/stop"));
  return ask(api.POST("/api/v1/services/tracker/start", { body: { interval_seconds: deed.seconds } }));
}

function Switch({ status }: { status: TrackerStatus }) {
  const t = useTexts(settingsTexts);
  const [typed, setTyped] = useState(String(status.interval_seconds));
  const [followed, setFollowed] = useState(status.interval_seconds);
  // What somebody has typed stays; else the field says what is so.
  if (followed !== status.interval_seconds) {
    setFollowed(status.interval_seconds);
    if (Number(typed) === followed) setTyped(String(status.interval_seconds));
  }
  // One for both, so that only the error of what was done last is told.
  const act = useMutation({ mutationFn: (deed: Deed) => perform(deed) });
  const stop = () => act.mutate({ do: "stop" });
  const seconds = Number(typed);
  const isWrong = !Number.isInteger(seconds) || seconds < LEAST_SECONDS || seconds > MOST_SECONDS;
  const isOther = seconds !== status.interval_seconds;
  return (
    <Stack spacing={2}>
      <Stack
        component="form"
        direction="row"
        spacing={2}
        useFlexGap
        noValidate
        sx={{ flexWrap: "wrap", alignItems: "flex-start" }}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWrong && !act.isPending) act.mutate({ do: "start", seconds });
        }}
      >
        <TextField
          label={t.intervalSeconds}
          type="number"
          size="small"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={isWrong}
          helperText={isWrong ? t.intervalWrong(LEAST_SECONDS, MOST_SECONDS) : undefined}
          slotProps={{ htmlInput: { min: LEAST_SECONDS, max: MOST_SECONDS, step: 1 } }}
          sx={{ width: 220 }}
        />
        {/* Starting and stopping are one button, so that who pressed it is still on it. */}
        {status.running && !isOther ? (
          <BusyButton key="do" variant="outlined" isBusy={act.isPending} onClick={stop}>
            {t.stop}
          </BusyButton>
        ) : (
          <BusyButton key="do" type="submit" variant="contained" disabled={isWrong || status.account === ""} isBusy={act.isPending}>
            {status.running ? t.setInterval : t.start}
          </BusyButton>
        )}
        {status.running && isOther && (
          <BusyButton variant="outlined" isBusy={act.isPending} onClick={stop}>
            {t.stop}
          </BusyButton>
        )}
      </Stack>
      {act.error && <Trouble error={act.error} />}
    </Stack>
  );
}
