// What plays at this moment, as far as the source tells.
import { mdiVolumeHigh } from "@mdi/js";
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";

import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { RelativeTime } from "@/shared/RelativeTime";
import type { NowPlaying } from "@/tracker/useTracker";

import { journalTexts } from "./texts";

export function NowPlayingCard({ playing }: { playing: NowPlaying }) {
  const t = useTexts(journalTexts);
  return (
    <Card component="section" aria-label={t.nowPlaying} sx={{ p: 2, mb: 2 }}>
      <Stack direction="row" spacing={2} sx={{ alignItems: "center" }}>
        <Icon path={mdiVolumeHigh} color="primary" />
        <Box sx={{ minWidth: 0, overflowWrap: "anywhere" }}>
          <Typography variant="overline" component="p" color="primary">
            {t.nowPlaying}
          </Typography>
          <Typography sx={{ fontWeight: 600 }}>{playing.track}</Typography>
          <Typography variant="body2" color="text.secondary">
            {[playing.artist, playing.album].filter(Boolean).join(" · ")} · <RelativeTime time={playing.seen_time} />
          </Typography>
        </Box>
      </Stack>
    </Card>
  );
}
