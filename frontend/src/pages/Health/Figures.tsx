// How does each provider do? A table to compare them by; on a phone one card each. Of one that is off: what would switch it on.
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";

import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";

import type { Provider } from "./asking";
import { nameOfProvider } from "./names";
import { healthTexts } from "./texts";

const GOOD = 0.9;
const NONE = "–";

interface ManyProps {
  providers: Provider[];
  labelledBy: string;
}

export function AsTable({ providers, labelledBy }: ManyProps) {
  const t = useTexts(healthTexts);
  const figures = useFigures();
  return (
    <TableContainer component={Card}>
      <Table aria-labelledby={labelledBy} sx={{ "& tbody tr:last-of-type > *": { border: 0 } }}>
        <TableHead>
          <TableRow>
            <TableCell>{t.provider}</TableCell>
            <TableCell>{t.breaker}</TableCell>
            <TableCell align="right">{t.calls}</TableCell>
            <TableCell>{t.success}</TableCell>
            <TableCell align="right">{t.failed}</TableCell>
            <TableCell align="right">{t.latency}</TableCell>
            <TableCell align="right">{t.cacheHits}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {providers.map((provider) => {
            const { calls, failed, latency, cacheHits } = figures(provider);
            return (
              <TableRow key={provider.provider}>
                <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                  {nameOfProvider(provider.provider, t)}
                </TableCell>
                <TableCell>
                  <Breaker state={provider.circuit_breaker_state} />
                </TableCell>
                {provider.off_reason ? (
                  <TableCell colSpan={5}>
                    <Off reason={provider.off_reason} />
                  </TableCell>
                ) : (
                  <>
                    <TableCell align="right">{calls}</TableCell>
                    <TableCell sx={{ width: "24%" }}>
                      <Success provider={provider} />
                    </TableCell>
                    <TableCell align="right">{failed}</TableCell>
                    <TableCell align="right">{latency}</TableCell>
                    <TableCell align="right">{cacheHits}</TableCell>
                  </>
                )}
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

export function AsCards({ providers, labelledBy }: ManyProps) {
  const t = useTexts(healthTexts);
  const figures = useFigures();
  return (
    <Stack component="ul" aria-labelledby={labelledBy} spacing={1.5} sx={{ listStyle: "none", m: 0, p: 0 }}>
      {providers.map((provider) => {
        const { calls, failed, latency, cacheHits } = figures(provider);
        return (
          <Card key={provider.provider} component="li" sx={{ p: 2 }}>
            <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", alignItems: "center", justifyContent: "space-between", gap: 1, mb: 1 }}>
              <Typography component="h4" sx={{ fontWeight: 600 }}>
                {nameOfProvider(provider.provider, t)}
              </Typography>
              <Breaker state={provider.circuit_breaker_state} />
            </Stack>
            {provider.off_reason ? (
              <Off reason={provider.off_reason} />
            ) : (
              <>
                <Success provider={provider} />
                {provider.requests > 0 && (
                  <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
                    {t.calls} {calls} · {t.failed} {failed} · {t.latency} {latency} · {t.cacheHits} {cacheHits}
                  </Typography>
                )}
              </>
            )}
          </Card>
        );
      })}
    </Stack>
  );
}

/** What was never called has neither latency nor failures, and before some there is no cache. */
function useFigures() {
  const format = useFormat();
  return ({ requests, failure_rate, avg_latency, cache_hit_rate }: Provider) => ({
    calls: format.number(requests),
    // Counted, not a share: one of a thousand would be 0%.
    failed: requests > 0 ? format.number(Math.round(failure_rate * requests)) : NONE,
    latency: requests > 0 ? milliseconds(avg_latency, format.locale) : NONE,
    cacheHits: cache_hit_rate === null ? NONE : format.percent(cache_hit_rate),
  });
}

function Off({ reason }: { reason: string }) {
  return (
    <Typography variant="body2" color="text.secondary" lang="en" sx={{ overflowWrap: "anywhere" }}>
      {reason}
    </Typography>
  );
}

function milliseconds(seconds: number, locale: string): string {
  const [value, unit] = seconds < 1 ? [seconds * 1000, "millisecond"] : [seconds, "second"];
  const maximumFractionDigits = unit === "second" ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits }).format(value);
}

function Success({ provider: { requests, success_rate } }: { provider: Provider }) {
  const t = useTexts(healthTexts);
  const format = useFormat();
  if (requests === 0) {
    return (
      <Typography variant="body2" color="text.secondary">
        {t.neverCalled}
      </Typography>
    );
  }
  return (
    <Stack direction="row" spacing={1} sx={{ alignItems: "center" }}>
      <Box aria-hidden sx={{ flexGrow: 1, minWidth: 40, height: 8, borderRadius: 4, overflow: "hidden", bgcolor: "action.selected" }}>
        <Box
          sx={{ height: "100%", bgcolor: success_rate >= GOOD ? "success.main" : "warning.main" }}
          style={{ width: `${success_rate * 100}%` }}
        />
      </Box>
      <Typography variant="body2" sx={{ minWidth: 44, textAlign: "right", fontVariantNumeric: "tabular-nums" }}>
        {format.percent(success_rate)}
      </Typography>
    </Stack>
  );
}

function Breaker({ state }: { state: string }) {
  const t = useTexts(healthTexts);
  switch (state) {
    case "closed":
      return <Chip size="small" color="success" variant="outlined" label={t.closed} />;
    case "open":
      return <Chip size="small" color="error" label={t.open} />;
    case "half_open":
      return <Chip size="small" color="warning" label={t.halfOpen} />;
    case "off":
      return <Chip size="small" label={t.off} />;
    default:
      return <Chip size="small" label={state} />;
  }
}
