// Who can be asked, and whose key is missing?
import Chip from "@mui/material/Chip";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { providerName } from "@/facts/providers";
import { useTexts } from "@/i18n/LanguageProvider";
import { Loaded } from "@/shared/Loaded";

import { Section } from "./Section";
import { settingsTexts } from "./texts";

/** What switches on those that need a key, as the README names it; the others need none. */
const KEYS: Record<string, string> = {
  lastfm: "LASTFM_API_KEY",
  spotify: "SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET",
  apify: "ENRICHMENT_APIFY_API_TOKEN",
};

export function ProvidersCard() {
  const t = useTexts(settingsTexts);
  const metrics = useQuery({
    queryKey: ["enrichment", "metrics"],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/enrichment/metrics", { signal })),
  });
  return (
    <Section title={t.providers}>
      <Typography color="text.secondary" sx={{ mb: 2 }}>
        {t.providersWords}
      </Typography>
      <Loaded query={metrics}>
        {(providers) => (
          <TableContainer tabIndex={0} role="region" aria-label={t.providers}>
            <Table size="small">
              <TableHead>
                <TableRow>
                  <TableCell>{t.provider}</TableCell>
                  <TableCell>{t.state}</TableCell>
                  <TableCell>{t.key}</TableCell>
                </TableRow>
              </TableHead>
              <TableBody>
                {Object.values(providers).map(({ provider, circuit_breaker_state: state }) => (
                  <TableRow key={provider}>
                    <TableCell component="th" scope="row">
                      {providerName(provider)}
                    </TableCell>
                    <TableCell>
                      <Chip size="small" color={state === "off" ? "default" : "success"} label={state === "off" ? t.off : t.on} />
                    </TableCell>
                    <TableCell sx={{ overflowWrap: "anywhere" }}>
                      {KEYS[provider] ? <code>{KEYS[provider]}</code> : t.noKey}
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </TableContainer>
        )}
      </Loaded>
    </Section>
  );
}
