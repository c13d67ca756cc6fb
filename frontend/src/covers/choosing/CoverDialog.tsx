// Why is this cover shown? What it is, what became of asking each source, and below that the ways to another one.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useId } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { Loaded } from "@/shared/Loaded";
import { Outside } from "@/facts/Outside";

import { CoverImage } from "../CoverImage";
import type { Cover } from "../watching";
import { Attempts } from "./Attempts";
import { useCoverNow, type Thing } from "./changing";
import { ChangeCover } from "./ChangeCover";
import { choosingTexts, sourceName } from "./choosingTexts";

interface CoverDialogProps extends Thing {
  name: string;
  onClose: () => void;
}

export function CoverDialog({ kind, id, name, onClose }: CoverDialogProps) {
  const t = useTexts(choosingTexts);
  const title = useId();
  const isSmall = useMediaQuery("(max-width: 599px)");
  const query = useCoverNow({ kind, id });
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" fullScreen={isSmall} aria-labelledby={title}>
      <DialogTitle id={title}>{t.whyOf(name)}</DialogTitle>
      {/* What is longer than the screen is scrolled by the keyboard too. */}
      <DialogContent tabIndex={0}>
        <Loaded query={query}>
          {(cover) => (
            <Stack spacing={3}>
              <Box sx={{ display: "flex", gap: 2, flexWrap: "wrap" }}>
                <CoverImage kind={kind} id={id} name={name} size={120} />
                <Box sx={{ flex: "1 1 240px", minWidth: 0 }}>
                  <Reason cover={cover} />
                </Box>
              </Box>
              <Attempts kind={kind} id={id} cover={cover} />
              <ChangeCover kind={kind} id={id} cover={cover} />
            </Stack>
          )}
        </Loaded>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} sx={{ minHeight: 40 }}>
          {t.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Reason({ cover }: { cover: Cover }) {
  const t = useTexts(choosingTexts);
  const image = cover.image;
  if (!image) return <Typography>{t[cover.state]}</Typography>;
  return (
    <Stack spacing={0.5}>
      <Typography sx={{ fontWeight: 600 }}>{t.from(sourceName(t, image.source))}</Typography>
      <Typography>{t[image.match]}</Typography>
      {cover.is_locked && <Typography>{t.locked}</Typography>}
      {cover.stale && <Typography sx={{ color: "warning.main" }}>{t.stale}</Typography>}
      <Typography variant="body2" color="text.secondary" sx={{ overflowWrap: "anywhere" }}>
        {t.size(image.width, image.height)}
        {image.origin && (
          <>
            {" · "}
            {t.origin} <Outside href={image.origin}>{image.origin}</Outside>
          </>
        )}
      </Typography>
      {(image.attribution || image.license) && (
        <Typography variant="body2" color="text.secondary">
          {t.attribution}
          {": "}
          {[image.attribution, image.license].filter(Boolean).join(", ")}
        </Typography>
      )}
    </Stack>
  );
}
