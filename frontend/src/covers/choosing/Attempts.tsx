// What became of asking each source, in the order of asking?
import {
  mdiAlertCircleOutline,
  mdiCheckCircle,
  mdiCircleOutline,
  mdiCloseCircleOutline,
  mdiMinusCircleOutline,
  mdiSkipNextCircleOutline,
} from "@mdi/js";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { Loaded } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";

import type { Cover } from "../watching";
import { useAttempts, type Thing } from "./changing";
import { choosingTexts, sourceName } from "./choosingTexts";

type Attempt = Of<"cover">["CoverAttempt"];

const ICONS: Record<Attempt["outcome"], [icon: string, color: string]> = {
  OUTCOME_UNSPECIFIED: [mdiCircleOutline, "text.secondary"],
  OUTCOME_HIT: [mdiCheckCircle, "success.main"],
  OUTCOME_MISS: [mdiMinusCircleOutline, "text.secondary"],
  OUTCOME_FAULT: [mdiAlertCircleOutline, "warning.main"],
  OUTCOME_REJECTED: [mdiCloseCircleOutline, "warning.main"],
  OUTCOME_SKIPPED: [mdiSkipNextCircleOutline, "text.secondary"],
};

export function Attempts({ kind, id, cover }: Thing & { cover: Cover }) {
  const t = useTexts(choosingTexts);
  const query = useAttempts({ kind, id }, cover);
  return (
    <Box>
      <Typography variant="subtitle1" component="h3" sx={{ fontWeight: 600, mb: 1 }}>
        {t.order}
      </Typography>
      <Loaded query={query}>
        {({ attempts }) => (
          <Stack component="ol" spacing={1.5} sx={{ m: 0, p: 0, listStyle: "none" }}>
            {attempts.map((attempt) => (
              <OneAttempt key={attempt.source} attempt={attempt} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Box>
  );
}

function OneAttempt({ attempt }: { attempt: Attempt }) {
  const t = useTexts(choosingTexts);
  const [icon, color] = ICONS[attempt.outcome];
  return (
    <Box component="li" sx={{ display: "flex", gap: 1.5 }}>
      <Icon path={icon} sx={{ color, mt: 0.25 }} />
      <Box sx={{ minWidth: 0 }}>
        <Typography>
          <strong>{sourceName(t, attempt.source)}</strong> {t[attempt.outcome]}
        </Typography>
        <Typography variant="body2" lang="en" sx={{ overflowWrap: "anywhere" }}>
          {attempt.reason}
        </Typography>
        {attempt.attempt_time && (
          <Typography variant="body2" color="text.secondary">
            {t.asked} <RelativeTime time={attempt.attempt_time} />
            {attempt.next_attempt_time && (
              <>
                {", "}
                {t.again} <RelativeTime time={attempt.next_attempt_time} />
              </>
            )}
          </Typography>
        )}
      </Box>
    </Box>
  );
}
