// How far is an import, how fast does it go, and when is it there? Told as it happens.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useId } from "react";

import { useEvents } from "@/events/useEvents";
import { useTexts } from "@/i18n/LanguageProvider";
import { secondsOf, useFormat } from "@/i18n/useFormat";
import { BusyButton } from "@/shared/BusyButton";
import { ConfirmButton } from "@/shared/ConfirmButton";
import { RelativeTime } from "@/shared/RelativeTime";
import { Trouble } from "@/shared/Trouble";

import { ImportFacts, StateChip, titleOf } from "./ImportFacts";
import { useKnow, useMove, type Import } from "./imports";
import { settingsTexts } from "./texts";

const NAMES = ["progress"];

export function ImportProgress({ one, isWatched }: { one: Import; isWatched: boolean }) {
  const t = useTexts(settingsTexts);
  const id = useId();
  const know = useKnow();
  useEvents("/api/v1/imports/{import_id}/events", {
    params: { import_id: one.id },
    names: NAMES,
    enabled: isWatched,
    onEvent: ({ progress }) => {
      if (progress) know(progress);
    },
  });
  return (
    <Box component="article" aria-labelledby={id}>
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap", mb: 1 }}>
        <Typography id={id} variant="h6" component="h3">
          {titleOf(one, t)}
        </Typography>
        <StateChip one={one} />
      </Stack>
      <Bar one={one} label={id} />
      <Typography lang="en" variant="body2" color="text.secondary" sx={{ mb: 2 }}>
        {one.summary}
      </Typography>
      <ImportFacts one={one} />
      {one.error && (
        <Alert severity="warning" sx={{ mt: 2 }}>
          <span lang="en">{one.error}</span>{" "}
          {one.retry_time && (
            <>
              {t.goesOn} <RelativeTime time={one.retry_time} />
            </>
          )}
        </Alert>
      )}
      <Moves one={one} />
    </Box>
  );
}

function Bar({ one, label }: { one: Import; label: string }) {
  const t = useTexts(settingsTexts);
  const format = useFormat();
  const seen = one.counts?.seen ?? 0;
  const total = one.total_plays;
  const share = total ? Math.min(1, seen / total) : null;
  const isRunning = one.state === "IMPORT_STATE_RUNNING";
  const words = [
    share === null ? t.seen(seen) : t.seenOf(format.number(seen), format.number(total ?? 0), format.percent(share)),
    isRunning && one.plays_per_second > 0 ? t.rate(format.number(Math.round(one.plays_per_second))) : "",
    isRunning && one.time_left ? t.timeLeft(format.span(secondsOf(one.time_left))) : "",
  ];
  const text = words.filter(Boolean).join(" · ");
  return (
    <>
      <LinearProgress
        aria-labelledby={label}
        aria-valuetext={text}
        variant={share === null && isRunning ? "indeterminate" : "determinate"}
        value={(share ?? 0) * 100}
        color={isRunning ? "primary" : "inherit"}
        sx={{ height: 10, borderRadius: 5 }}
      />
      <Typography sx={{ my: 1, fontVariantNumeric: "tabular-nums" }}>{text}</Typography>
    </>
  );
}

function Moves({ one }: { one: Import }) {
  const t = useTexts(settingsTexts);
  const move = useMove(one.id);
  const isPaused = one.state === "IMPORT_STATE_PAUSED";
  return (
    <Stack spacing={2} sx={{ mt: 2 }}>
      <Stack direction="row" spacing={1.5}>
        <BusyButton variant="outlined" isBusy={move.isPending} onClick={() => move.mutate(isPaused ? "resume" : "pause")}>
          {isPaused ? t.resume : t.pause}
        </BusyButton>
        <ConfirmButton
          label={t.cancelImport}
          question={t.cancelQuestion}
          color="secondary"
          isBusy={move.isPending}
          onConfirm={() => move.mutate("cancel")}
        />
      </Stack>
      {move.error && <Trouble error={move.error} />}
    </Stack>
  );
}
