// How many have a cover, what waits, how often are pictures found, and how much room do they take?
import { mdiAlertOutline, mdiCheckCircleOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useId, type ReactNode } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Icon } from "@/shared/Icon";

import { waitingIn, type Stats } from "./asking";
import { Bar, Key } from "./Bar";
import { Pairs } from "./Pairs";
import { coversTexts } from "./texts";

const EMBEDDED_TARGET = 0.95;
const EXTERNAL_TARGET = 0.8;

export function Figures({ stats }: { stats: Stats }) {
  const t = useTexts(coversTexts);
  const format = useFormat();
  const id = useId();
  const { queue, store } = stats;
  return (
    <Box component="section" aria-labelledby={id} sx={{ mt: 5 }}>
      <Typography id={id} variant="h5" component="h2" sx={{ mb: 1.5 }}>
        {t.figures}
      </Typography>
      <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr", lg: "1fr 1fr 1fr" } }}>
        <Share title={t.albums} found={stats.albums_found} absent={stats.albums_absent} pending={stats.albums_pending} />
        <Share title={t.artists} found={stats.artists_found} absent={stats.artists_absent} pending={stats.artists_pending} />
        <Figure title={t.queue} value={format.number(waitingIn(queue))}>
          {queue && (
            <>
              <Pairs
                isSmall
                pairs={[
                  [t.high, format.number(queue.high)],
                  [t.normal, format.number(queue.normal)],
                  [t.low, format.number(queue.low)],
                ]}
              />
              <Small>{waitingIn(queue) > 0 ? t.oldest(format.span(queue.oldest_age_seconds)) : t.nothingWaits}</Small>
            </>
          )}
        </Figure>
        <Ratio title={t.embedded} words={t.embeddedWords} ratio={stats.embedded_success_ratio} target={EMBEDDED_TARGET} />
        <Ratio title={t.external} words={t.externalWords} ratio={stats.external_success_ratio} target={EXTERNAL_TARGET} />
        <Figure title={t.store} value={store ? format.bytes(store.bytes) : "–"}>
          {store && (
            <>
              <Bar parts={[[store.bytes / Math.max(1, store.max_bytes), "primary.main"]]} />
              <Small>{t.room(t.images(store.images), format.bytes(store.max_bytes))}</Small>
            </>
          )}
          <Small>{t.quarantined(stats.quarantined_images)}</Small>
        </Figure>
      </Box>
    </Box>
  );
}

interface ShareProps {
  title: string;
  found: number;
  absent: number;
  pending: number;
}

function Share({ title, found, absent, pending }: ShareProps) {
  const t = useTexts(coversTexts);
  const format = useFormat();
  const all = found + absent + pending;
  const shares = [
    [found / Math.max(1, all), "success.main"],
    [absent / Math.max(1, all), "text.disabled"],
    [pending / Math.max(1, all), "warning.main"],
  ] as const;
  return (
    <Figure title={title} value={all > 0 ? t.foundOf(format.number(found), format.number(all)) : "–"}>
      <Bar parts={shares} />
      <Stack direction="row" useFlexGap sx={{ flexWrap: "wrap", columnGap: 2 }}>
        <Key colour="success.main">{t.found(found)}</Key>
        <Key colour="text.disabled">{t.absent(absent)}</Key>
        <Key colour="warning.main">{t.pending(pending)}</Key>
      </Stack>
    </Figure>
  );
}

interface RatioProps {
  title: string;
  words: string;
  ratio: number | null;
  target: number;
}

function Ratio({ title, words, ratio, target }: RatioProps) {
  const t = useTexts(coversTexts);
  const format = useFormat();
  const isMet = ratio !== null && ratio >= target;
  const colour = isMet ? "success.main" : "warning.main";
  return (
    <Figure title={title} value={ratio === null ? "–" : format.percent(ratio)}>
      <Bar parts={[[ratio ?? 0, colour]]} mark={target} />
      <Stack direction="row" spacing={0.75} sx={{ alignItems: "center", color: ratio === null ? "text.secondary" : colour }}>
        {ratio !== null && <Icon path={isMet ? mdiCheckCircleOutline : mdiAlertOutline} fontSize="small" />}
        <Typography variant="body2">
          {ratio === null ? t.notYet : isMet ? t.targetMet(format.percent(target)) : t.targetMissed(format.percent(target))}
        </Typography>
      </Stack>
      <Small>{words}</Small>
    </Figure>
  );
}

function Figure({ title, value, children }: { title: string; value: string; children: ReactNode }) {
  const id = useId();
  return (
    <Card component="article" aria-labelledby={id} sx={{ p: 2, display: "flex", flexDirection: "column", gap: 1 }}>
      <Typography id={id} variant="body2" component="h3" color="text.secondary" sx={{ fontWeight: 600 }}>
        {title}
      </Typography>
      <Typography variant="h5" component="p" sx={{ fontVariantNumeric: "tabular-nums" }}>
        {value}
      </Typography>
      {children}
    </Card>
  );
}

function Small({ children }: { children: ReactNode }) {
  return (
    <Typography variant="body2" color="text.secondary">
      {children}
    </Typography>
  );
}
