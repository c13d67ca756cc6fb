// A cover with where it is from, and the way to why it is this one, and to another one.
import { mdiHelpCircleOutline, mdiLockOutline } from "@mdi/js";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";

import { useTexts } from "@/i18n/LanguageProvider";
import { texts } from "@/i18n/texts";
import { Icon } from "@/shared/Icon";

import { CoverImage } from "./CoverImage";
import { nameOfSource, sourceTexts } from "./sourceNames";
import { useCover } from "./watching";

const cardTexts = texts(
  { albums: "Why this cover?", artists: "Why this picture?" },
  { albums: "Pourquoi cette pochette\u00a0?", artists: "Pourquoi cette image\u00a0?" },
);

interface CoverCardProps {
  kind: "albums" | "artists";
  id: string;
  name: string;
  /** In CSS pixels. */
  size: number;
}

export function CoverCard({ kind, id, name, size }: CoverCardProps) {
  const t = useTexts(cardTexts);
  const sources = useTexts(sourceTexts);
  const cover = useCover(`${kind}/${id}`);
  return (
    <Stack spacing={1} sx={{ alignItems: "center", width: size, maxWidth: "100%" }}>
      <CoverImage kind={kind} id={id} name={name} size={size} />
      {cover?.image && (
        <Chip
          size="small"
          variant="outlined"
          icon={cover.is_locked ? <Icon path={mdiLockOutline} fontSize="small" /> : undefined}
          label={nameOfSource(cover.image.source, sources)}
          sx={{ maxWidth: "100%" }}
        />
      )}
      <Button href={`/covers?kind=${kind}&id=${encodeURIComponent(id)}`} startIcon={<Icon path={mdiHelpCircleOutline} />}>
        {t[kind]}
      </Button>
    </Stack>
  );
}
