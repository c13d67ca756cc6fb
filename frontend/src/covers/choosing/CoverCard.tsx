// A cover with what there is to ask and to say about it: why this one, and may it be another?
import { mdiHelpCircleOutline, mdiLockOutline } from "@mdi/js";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import { useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";

import { CoverImage } from "../CoverImage";
import { useCover } from "../watching";
import type { Thing } from "./changing";
import { choosingTexts, sourceName } from "./choosingTexts";
import { CoverDialog } from "./CoverDialog";

interface CoverCardProps extends Thing {
  name: string;
  /** In CSS pixels. */
  size: number;
}

export function CoverCard({ kind, id, name, size }: CoverCardProps) {
  const t = useTexts(choosingTexts);
  const cover = useCover(`${kind}/${id}`);
  const [isOpen, setOpen] = useState(false);
  return (
    <Stack spacing={1} sx={{ alignItems: "center", width: size, maxWidth: "100%" }}>
      <CoverImage kind={kind} id={id} name={name} size={size} />
      {cover?.image && (
        <Chip
          size="small"
          variant="outlined"
          icon={cover.is_locked ? <Icon path={mdiLockOutline} fontSize="small" /> : undefined}
          label={sourceName(t, cover.image.source)}
          sx={{ maxWidth: "100%" }}
        />
      )}
      <Button
        startIcon={<Icon path={mdiHelpCircleOutline} />}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        sx={{ minHeight: 40 }}
      >
        {kind === "albums" ? t.why : t.whyPicture}
      </Button>
      {isOpen && <CoverDialog kind={kind} id={id} name={name} onClose={() => setOpen(false)} />}
    </Stack>
  );
}
