// What does a person see when something could not be had? Plain words, the request's id for whoever reads the log, and a way to try again.
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";

import { Failure, Unreachable } from "@/api/failures";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";

import { troubleTexts } from "./troubleTexts";

interface TroubleProps {
  error: Error;
  retry?: () => void;
}

export function Trouble({ error, retry }: TroubleProps) {
  const t = useTexts(troubleTexts);
  const format = useFormat();
  const again = retry && (
    <Button color="inherit" size="small" onClick={retry}>
      {t.retry}
    </Button>
  );
  if (!(error instanceof Failure)) {
    return (
      <Alert role="alert" severity={error instanceof Unreachable ? "warning" : "error"} action={again}>
        {error instanceof Unreachable ? t.unreachable : t.bug}
      </Alert>
    );
  }
  return (
    <Alert role="alert" severity={error.status >= 500 || error.status === 429 ? "warning" : "error"} action={again}>
      <AlertTitle>{titleOf(error, t)}</AlertTitle>
      {error.detail && <Box lang="en">{error.detail}</Box>}
      {error.fields.length > 0 && (
        <Box component="ul" lang="en" sx={{ m: 0, pl: 3 }}>
          {error.fields.map(({ field, description }) => (
            <li key={field}>
              {field}: {description}
            </li>
          ))}
        </Box>
      )}
      {error.retryAfterSeconds !== null && <Box>{t.retryAfter(format.span(error.retryAfterSeconds))}</Box>}
      {error.requestId && (
        <Typography variant="caption" component="p" sx={{ mt: 1, overflowWrap: "anywhere" }}>
          {t.requestId} <code>{error.requestId}</code>
        </Typography>
      )}
    </Alert>
  );
}

function titleOf(error: Failure, t: (typeof troubleTexts)["en"]): string {
  const own = new Map<string, unknown>(Object.entries(t)).get(error.kind);
  if (typeof own === "string") return own;
  return error.status >= 500 ? t.unavailable : t["invalid-argument"];
}
