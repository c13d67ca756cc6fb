// Where is the picture from, how sure is that, and when are its sources asked again?
import { mdiLockOutline } from "@mdi/js";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";

import { nameOfSource, sourceTexts } from "@/covers/sourceNames";
import type { Cover } from "@/covers/watching";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { Outside } from "@/shared/Outside";
import { RelativeTime } from "@/shared/RelativeTime";

import { Pairs } from "./Pairs";
import { coversTexts } from "./texts";

const COLOURS = {
  STATE_UNSPECIFIED: "default",
  STATE_PENDING: "warning",
  STATE_FOUND: "success",
  STATE_ABSENT: "default",
} as const;

export function About({ cover }: { cover: Cover }) {
  const t = useTexts(coversTexts);
  const sources = useTexts(sourceTexts);
  const { image } = cover;
  return (
    <Box component="section" aria-label={t.about} sx={{ mb: 4 }}>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap", mb: 1.5 }}>
        <Chip label={t[cover.state]} color={COLOURS[cover.state]} />
        {cover.is_locked && <Chip icon={<Icon path={mdiLockOutline} />} label={t.lockedShort} variant="outlined" />}
      </Stack>
      {cover.stale && (
        <Alert severity="info" sx={{ mb: 1.5 }}>
          {t.stale}
        </Alert>
      )}
      <Pairs
        pairs={[
          [t.source, image && nameOfSource(image.source, sources)],
          [t.match, image && t[image.match]],
          [t.origin, image && <Origin key="origin" origin={image.origin} source={image.source} />],
          [t.pixels, image && `${image.width} × ${image.height}`],
          [t.attribution, image?.attribution],
          [t.license, image?.license],
          [t.foundAt, image?.find_time && <RelativeTime key="found" time={image.find_time} />],
          [t.checked, cover.check_time && <RelativeTime key="checked" time={cover.check_time} />],
          [t.checkedNext, cover.next_check_time && <RelativeTime key="next" time={cover.next_check_time} />],
        ]}
      />
    </Box>
  );
}

function Origin({ origin, source }: { origin: string; source: string }) {
  const t = useTexts(coversTexts);
  if (source === "upload") return t.uploaded;
  return (
    <span lang="en">
      <Outside href={origin}>{origin}</Outside>
    </span>
  );
}
