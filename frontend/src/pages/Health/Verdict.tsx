// All of this page in a few words.
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Box from "@mui/material/Box";

import { useTexts } from "@/i18n/LanguageProvider";

import { countGivenUp, SERVICES, useDeadJobs, useJobCounts, useProviders, useReadiness, type Provider, type Service } from "./asking";
import { nameOfProvider } from "./names";
import { healthTexts } from "./texts";

export function Verdict() {
  const t = useTexts(healthTexts);
  const readiness = useReadiness();
  const providers = useProviders();
  const dead = useDeadJobs();
  const counts = useJobCounts();
  const silent = (readiness.data ?? []).filter(({ state }) => state !== "SERVING");
  // Of a silent service nothing more is waited for. What was told before an error is no longer known to be so.
  const isTold = [...providers, ...dead].every(
    (each, index) => isFresh(each) || silent.some(({ name }) => name === SERVICES[index % SERVICES.length]),
  );
  const isKnown = isFresh(readiness) && isTold;
  const givenUp = dead.reduce((sum, each, index) => sum + countGivenUp(each.data, counts[index]?.data), 0);
  const found = [
    ...silent.map(({ name }) => t.silent(t[name])),
    ...[...withOpenBreakers(providers)].map(([provider, services]) =>
      t.breakerOpen(
        nameOfProvider(provider, t),
        services.map((service) => t[service]),
      ),
    ),
    ...(givenUp > 0 ? [t.givenUpCount(givenUp)] : []),
  ];
  return (
    <Box role="status" sx={{ mb: 4, minHeight: 50 }}>
      {isKnown && found.length === 0 && (
        <Alert severity="success">{t.allWell}</Alert>
      )}
      {isKnown && found.length > 0 && (
        <Alert severity={silent.length > 0 ? "error" : "warning"}>
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

function isFresh({ data, error }: { data: unknown; error: Error | null }): boolean {
  return data !== undefined && error === null;
}

/** Who is left alone, and by which services. */
function withOpenBreakers(providers: { data: Provider[] | undefined }[]): Map<string, Service[]> {
  const open = new Map<string, Service[]>();
  SERVICES.forEach((service, index) => {
    for (const { provider, circuit_breaker_state } of providers[index]?.data ?? []) {
      if (circuit_breaker_state === "open") open.set(provider, [...(open.get(provider) ?? []), service]);
    }
  });
  return open;
}
