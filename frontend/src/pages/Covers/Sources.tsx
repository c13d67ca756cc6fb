// What is each source good for, in the order of asking? Faults stand apart: they say nothing about what a source has.
import { mdiAlertOutline, mdiPowerPlugOffOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useId } from "react";

import { nameOfSource, sourceTexts } from "@/covers/sourceNames";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Icon } from "@/shared/Icon";

import type { Kind, Stats } from "./asking";
import { Bar } from "./Bar";
import { coversTexts } from "./texts";

type Source = Stats["sources"][number];

export function Sources({ sources }: { sources: Source[] }) {
  const t = useTexts(coversTexts);
  const id = useId();
  return (
    <Box component="section" aria-labelledby={id} sx={{ mt: 5 }}>
      <Typography id={id} variant="h5" component="h2">
        {t.sources}
      </Typography>
      <Typography color="text.secondary" sx={{ mb: 2 }}>
        {t.sourcesWords}
      </Typography>
      <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: { xs: "1fr", lg: "1fr 1fr" }, alignItems: "start" }}>
        <OfKind kind="albums" title={t.ofAlbums} sources={sources} />
        <OfKind kind="artists" title={t.ofArtists} sources={sources} />
      </Box>
    </Box>
  );
}

function OfKind({ kind, title, sources }: { kind: Kind; title: string; sources: Source[] }) {
  const id = useId();
  return (
    <Card sx={{ p: 2 }}>
      <Typography id={id} variant="h6" component="h3">
        {title}
      </Typography>
      <Box component="ol" aria-labelledby={id} sx={{ listStyle: "none", m: 0, p: 0 }}>
        {sources
          .filter((source) => source.kind === kind)
          .map((source) => (
            <OneSource key={source.source} source={source} />
          ))}
      </Box>
    </Card>
  );
}

function OneSource({ source }: { source: Source }) {
  const t = useTexts(coversTexts);
  const sources = useTexts(sourceTexts);
  const format = useFormat();
  const { success_ratio: ratio, faults } = source;
  const counts = [t.hits(source.hits), t.misses(source.misses), t.rejected(source.rejected), t.skipped(source.skipped)];
  return (
    <Box component="li" sx={{ py: 1.5, "& + &": { borderTop: 1, borderColor: "divider" } }}>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap", mb: 0.5 }}>
        <Typography sx={{ fontWeight: 600 }}>{nameOfSource(source.source, sources)}</Typography>
        {!source.is_on && <Chip size="small" icon={<Icon path={mdiPowerPlugOffOutline} />} label={t.off} />}
        {faults > 0 && (
          <Chip size="small" variant="outlined" color="warning" icon={<Icon path={mdiAlertOutline} />} label={t.faults(faults)} />
        )}
        <Typography sx={{ ml: "auto !important", fontVariantNumeric: "tabular-nums" }} color={ratio === null ? "text.secondary" : "text.primary"}>
          {ratio === null ? t.noRatio : format.percent(ratio)}
        </Typography>
      </Stack>
      <Bar parts={[[ratio ?? 0, "primary.main"]]} />
      <Typography variant="body2" color="text.secondary" sx={{ mt: 0.75 }}>
        {counts.filter(Boolean).join(" · ") || t.neverAsked}
      </Typography>
      {source.off_reason && (
        <Typography variant="body2" lang="en" sx={{ mt: 0.25 }}>
          {source.off_reason}
        </Typography>
      )}
    </Box>
  );
}
