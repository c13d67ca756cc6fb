// Why this cover? Every source in the order of asking: what became of it, and when it is asked again.
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useId } from "react";

import { nameOfSource, sourceTexts } from "@/covers/sourceNames";
import { useTexts } from "@/i18n/LanguageProvider";
import { Loaded } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";

import { useAttempts, type Attempt, type Kind } from "./asking";
import { coversTexts } from "./texts";

const COLOURS = {
  OUTCOME_UNSPECIFIED: "default",
  OUTCOME_HIT: "success",
  OUTCOME_MISS: "default",
  OUTCOME_FAULT: "warning",
  OUTCOME_REJECTED: "error",
  OUTCOME_SKIPPED: "default",
} as const;

export function Attempts({ kind, id }: { kind: Kind; id: string }) {
  const t = useTexts(coversTexts);
  const heading = useId();
  return (
    <Box component="section" aria-labelledby={heading}>
      <Typography id={heading} variant="h5" component="h2">
        {t.why}
      </Typography>
      <Typography color="text.secondary" sx={{ mb: 1 }}>
        {t.whyWords}
      </Typography>
      <Loaded query={useAttempts(kind, id)}>
        {(attempts) => (
          <Box component="ol" aria-labelledby={heading} sx={{ listStyle: "none", m: 0, p: 0 }}>
            {attempts.map((attempt) => (
              <OneAttempt key={attempt.source} attempt={attempt} />
            ))}
          </Box>
        )}
      </Loaded>
    </Box>
  );
}

function OneAttempt({ attempt }: { attempt: Attempt }) {
  const t = useTexts(coversTexts);
  const sources = useTexts(sourceTexts);
  const { outcome } = attempt;
  const isAsked = outcome !== "OUTCOME_UNSPECIFIED";
  return (
    <Box component="li" sx={{ display: "grid", gridTemplateColumns: "36px minmax(0, 1fr)", gap: 1.5, py: 1.25 }}>
      <Box
        aria-hidden
        sx={{
          width: 32,
          height: 32,
          borderRadius: "50%",
          display: "grid",
          placeItems: "center",
          fontWeight: 600,
          border: 2,
          borderColor: outcome === "OUTCOME_HIT" ? "success.main" : "divider",
          color: outcome === "OUTCOME_HIT" ? "success.main" : "text.secondary",
        }}
      >
        {attempt.position}
      </Box>
      <div>
        <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
          <Typography sx={{ fontWeight: 600 }} color={isAsked ? "text.primary" : "text.secondary"}>
            {nameOfSource(attempt.source, sources)}
          </Typography>
          <Chip size="small" label={t[outcome]} color={COLOURS[outcome]} variant={isAsked ? "filled" : "outlined"} />
        </Stack>
        {isAsked && attempt.reason && (
          <Typography variant="body2" lang="en" sx={{ mt: 0.25, overflowWrap: "anywhere" }}>
            {attempt.reason}
          </Typography>
        )}
        {isAsked && (
          <Typography variant="body2" color="text.secondary">
            {attempt.attempt_time && (
              <>
                {t.asked} <RelativeTime time={attempt.attempt_time} />
                {" · "}
              </>
            )}
            {attempt.next_attempt_time ? (
              <>
                {t.askedAgain} <RelativeTime time={attempt.next_attempt_time} />
              </>
            ) : (
              t.notPlanned
            )}
          </Typography>
        )}
      </div>
    </Box>
  );
}
