// What does the live tracker do, and how is it started and stopped?
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
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
  const { status, nowPlaying, isLive } = useTracker();
  return (
    <Section title={t.tracker} aside={status && <StateChip state={status.state} isLive={isLive} />}>
      {status ? <Tracker status={status} nowPlaying={nowPlaying} /> : <Loading />}
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
  const format = useFormat();
  return (
    <Stack spacing={2}>
      {status.account === "" && <Alert severity="info">{t.noAccount}</Alert>}
      {status.last_error && (
        <Alert severity="warning">
          {t.lastLookFailed} <span lang="en">{status.last_error}</span>
        </Alert>
      )}
      <Facts
        facts={[
          [t.account, status.account],
          [t.interval, format.span(status.interval_seconds)],
          [t.nowPlaying, nowPlaying ? `${nowPlaying.artist} – ${nowPlaying.track}` : null],
          [t.lastTrack, status.last_track?.split("|").filter(Boolean).join(" · ")],
          [t.lastPlay, status.last_play_time ? <RelativeTime time={status.last_play_time} /> : null],
          [t.lag, status.running && status.lag_seconds !== null ? format.span(status.lag_seconds) : null],
          [t.nextLook, status.running && status.next_poll_time ? <RelativeTime time={status.next_poll_time} /> : null],
          [t.storedByTracker, format.number(status.plays_stored)],
        ]}
      />
      <Switch key={status.interval_seconds} status={status} />
    </Stack>
  );
}

function Switch({ status }: { status: TrackerStatus }) {
  const t = useTexts(settingsTexts);
  const [typed, setTyped] = useState(String(status.interval_seconds));
  const start = useMutation({
    mutationFn: (interval_seconds: number) => ask(api.POST("/api/v1/services/tracker/start", { body: { interval_seconds } })),
  });
  const stop = useMutation({ mutationFn: () => ask(api.POST("/api/v1/services/tracker/stop")) });
  const seconds = Number(typed);
  const isWrong = !Number.isInteger(seconds) || seconds < LEAST_SECONDS || seconds > MOST_SECONDS;
  const isOther = seconds !== status.interval_seconds;
  const error = start.error ?? stop.error;
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
          if (!isWrong) start.mutate(seconds);
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
        {(!status.running || isOther) && (
          <Button type="submit" variant="contained" disabled={isWrong || start.isPending || status.account === ""}>
            {status.running ? t.setInterval : t.start}
          </Button>
        )}
        {status.running && (
          <Button variant="outlined" disabled={stop.isPending} onClick={() => stop.mutate()}>
            {t.stop}
          </Button>
        )}
      </Stack>
      {error && <Trouble error={error} />}
    </Stack>
  );
}
