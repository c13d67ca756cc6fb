// How do those do whom the services ask? For each service by itself: one that is silent hides nothing of the others.
import { mdiCloseCircle } from "@mdi/js";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import type { UseQueryResult } from "@tanstack/react-query";
import { useId } from "react";

import { Unreachable } from "@/api/failures";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { Loaded } from "@/shared/Loaded";

import { SERVICES, useProviders, useReadiness, type Provider, type Service } from "./asking";
import { AsCards, AsTable } from "./Figures";
import { sorted } from "./names";
import { healthTexts } from "./texts";

export function Providers() {
  const t = useTexts(healthTexts);
  const id = useId();
  const readiness = useReadiness();
  const all = useProviders();
  return (
    <Box component="section" aria-labelledby={id}>
      <Typography id={id} variant="h5" component="h2">
        {t.providers}
      </Typography>
      <Typography color="text.secondary" sx={{ mb: 2 }}>
        {t.providersWords}
      </Typography>
      <Stack spacing={3}>
        {SERVICES.map((service, index) => {
          const query = all[index];
          const state = readiness.data?.find(({ name }) => name === service)?.state ?? "SERVING";
          return query && <OfService key={service} service={service} query={query} isSilent={state !== "SERVING"} />;
        })}
      </Stack>
    </Box>
  );
}

interface OfServiceProps {
  service: Service;
  query: UseQueryResult<Provider[]>;
  isSilent: boolean;
}

function OfService({ service, query, isSilent }: OfServiceProps) {
  const t = useTexts(healthTexts);
  const id = useId();
  const Shape = useMediaQuery("(min-width: 700px)") ? AsTable : AsCards;
  const isKnown = query.data !== undefined;
  // That nobody answers at all is told at the top of every page.
  const isGone = isSilent || (isKnown && query.error !== null && !(query.error instanceof Unreachable));
  return (
    <Box component="section" aria-labelledby={id}>
      <Typography id={id} variant="h6" component="h3" sx={{ mb: 1 }}>
        {t[service]}
      </Typography>
      {isGone && (
        <Stack direction="row" spacing={0.75} sx={{ alignItems: "center", color: "error.main", mb: 1 }}>
          <Icon path={mdiCloseCircle} fontSize="small" />
          <Typography variant="body2" sx={{ fontWeight: 600 }}>
            {isKnown ? t.lastFigures : t.unreachable}
          </Typography>
        </Stack>
      )}
      {(isKnown || !isGone) && (
        <Loaded query={query} isEmpty={(providers) => providers.length === 0} empty={t.noProviders}>
          {(providers) => <Shape providers={sorted(providers, t)} labelledBy={id} />}
        </Loaded>
      )}
    </Box>
  );
}
