// All of this page in a few words.
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Box from "@mui/material/Box";

import { useTexts } from "@/i18n/LanguageProvider";

import { useDeadJobs, useProviders, useReadiness } from "./asking";
import { nameOfProvider } from "./names";
import { healthTexts } from "./texts";

export function Verdict() {
  const t = useTexts(healthTexts);
  const readiness = useReadiness();
  const providers = useProviders();
  const dead = useDeadJobs();
  const isKnown = readiness.data && (providers.data ?? providers.error) && dead.every((each) => each.data ?? each.error);
  const silent = (readiness.data ?? []).filter(({ state }) => state !== "SERVING");
  const open = (providers.data ?? []).filter((each) => each.circuit_breaker_state === "open");
  const givenUp = dead.reduce((sum, each) => sum + (each.data?.length ?? 0), 0);
  const found = [
    ...silent.map(({ name }) => t.silent(t[name])),
    ...open.map((each) => t.breakerOpen(nameOfProvider(each.provider))),
    ...(givenUp > 0 ? [t.givenUpCount(givenUp)] : []),
  ];
  return (
    <Box role="status" sx={{ mb: 4, minHeight: 50 }}>
      {isKnown && found.length === 0 && (
        <Alert severity="success" role={undefined}>
          {t.allWell}
        </Alert>
      )}
      {isKnown && found.length > 0 && (
        <Alert severity={silent.length > 0 ? "error" : "warning"} role={undefined}>
          <AlertTitle sx={{ mb: 0.5 }}>{t.notAllWell(found.length)}</AlertTitle>
          <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
            {found.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </Box>
        </Alert>
      )}
    </Box>
  );
}
