// The picture, large, and what a person may do with it: put one of their own in its place, have it looked for again, unlock it.
import { mdiLockOpenVariantOutline, mdiLockOutline, mdiOpenInNew, mdiRefresh, mdiUpload } from "@mdi/js";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useId, useRef, useState } from "react";

import { CoverImage } from "@/covers/CoverImage";
import type { Cover } from "@/covers/watching";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { Trouble } from "@/shared/Trouble";

import type { Kind, useDeeds } from "./asking";
import { coversTexts } from "./texts";

const TYPES = "image/jpeg,image/png,image/webp,image/gif";
const MEBIBYTE = 2 ** 20;
const MOST_BYTES = 10 * MEBIBYTE;

interface PictureProps {
  kind: Kind;
  cover: Cover;
  name: string;
  deeds: ReturnType<typeof useDeeds>;
}

export function Picture({ kind, cover, name, deeds }: PictureProps) {
  const t = useTexts(coversTexts);
  const [isTooLarge, setTooLarge] = useState(false);
  const act: typeof deeds.act = (deed) => {
    setTooLarge(false);
    deeds.act(deed);
  };
  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.size > MOST_BYTES) setTooLarge(true);
    else act({ do: "upload", file });
  };
  return (
    <Stack spacing={2} sx={{ alignItems: "center" }}>
      <DropPlace onDrop={take}>
        <Large kind={kind} cover={cover} name={name} />
      </DropPlace>
      {cover.image && (
        <Button size="small" href={fullSizeOf(cover)} target="_blank" rel="noreferrer" endIcon={<Icon path={mdiOpenInNew} />}>
          {t.fullSize}
        </Button>
      )}
      <Actions cover={cover} act={act} onFile={take} />
      {isTooLarge && (
        <Alert severity="error" role="alert">
          {t.tooLarge(MOST_BYTES / MEBIBYTE)}
        </Alert>
      )}
      {deeds.error && !isTooLarge && <Trouble error={deeds.error} />}
      {!isTooLarge && <Done deeds={deeds} />}
    </Stack>
  );
}

/** All of it: nothing is cut off to fit a shape. */
function Large({ kind, cover, name }: Omit<PictureProps, "deeds">) {
  const t = useTexts(coversTexts);
  const isWide = useMediaQuery("(min-width: 600px)");
  return (
    <Box sx={{ "& > [data-cover]": { borderRadius: 1 }, "& img": { objectFit: "contain !important" } }}>
      <CoverImage
        kind={kind}
        id={cover.id}
        name={name}
        size={isWide ? 440 : 320}
        alt={cover.is_placeholder ? t.placeholderOf(name) : t.pictureOf(name)}
      />
    </Box>
  );
}

function fullSizeOf(cover: Cover): string {
  const address = new URL(cover.url, window.location.origin);
  address.searchParams.set("size", "1200");
  return address.pathname + address.search;
}

/** Letting a file fall on the picture is a short cut for the button below. */
function DropPlace({ onDrop, children }: { onDrop: (file: File | undefined) => void; children: React.ReactNode }) {
  const t = useTexts(coversTexts);
  const [isOver, setOver] = useState(false);
  return (
    <Box
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop(event.dataTransfer.files[0]);
      }}
      sx={{ position: "relative", outline: "3px dashed", outlineColor: isOver ? "primary.main" : "transparent", outlineOffset: 6, borderRadius: 1 }}
    >
      {children}
      {isOver && (
        <Box
          aria-hidden
          sx={{ position: "absolute", inset: 0, display: "grid", placeItems: "center", bgcolor: "rgb(0 0 0 / 65%)", color: "#fff", pointerEvents: "none" }}
        >
          {t.dropHere}
        </Box>
      )}
    </Box>
  );
}

interface ActionsProps {
  cover: Cover;
  act: PictureProps["deeds"]["act"];
  onFile: (file: File | undefined) => void;
}

function Actions({ cover, act, onFile }: ActionsProps) {
  const t = useTexts(coversTexts);
  const words = useId();
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <Stack spacing={1.5} sx={{ width: "100%", maxWidth: 440 }}>
      <Button variant="contained" startIcon={<Icon path={mdiUpload} />} aria-describedby={words} onClick={() => chooser.current?.click()}>
        {t.upload}
      </Button>
      <input
        ref={chooser}
        type="file"
        accept={TYPES}
        hidden
        aria-label={t.upload}
        onChange={(event) => {
          onFile(event.target.files?.[0]);
          // Or the same file could not be chosen twice.
          event.target.value = "";
        }}
      />
      <Typography id={words} variant="body2" color="text.secondary">
        {t.uploadWords(MOST_BYTES / MEBIBYTE)}
      </Typography>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
        <Button
          variant="outlined"
          startIcon={<Icon path={mdiRefresh} />}
          disabled={cover.is_locked}
          onClick={() => act({ do: "refresh" })}
          sx={{ flexGrow: 1 }}
        >
          {t.refresh}
        </Button>
        {cover.image && (
          <Button
            variant="outlined"
            startIcon={<Icon path={cover.is_locked ? mdiLockOpenVariantOutline : mdiLockOutline} />}
            onClick={() => act({ do: cover.is_locked ? "unlock" : "lock" })}
            sx={{ flexGrow: 1 }}
          >
            {cover.is_locked ? t.unlock : t.lock}
          </Button>
        )}
      </Stack>
      <Stack direction="row" spacing={1} sx={{ color: "text.secondary" }}>
        <Icon path={cover.is_locked ? mdiLockOutline : mdiLockOpenVariantOutline} fontSize="small" />
        <Typography variant="body2">{cover.is_locked ? t.locked : t.unlocked}</Typography>
      </Stack>
    </Stack>
  );
}

/** What is being done, or was done last. */
function Done({ deeds }: Pick<PictureProps, "deeds">) {
  const t = useTexts(coversTexts);
  const what = deeds.variables?.do;
  return (
    <Box role="status" sx={{ width: "100%", maxWidth: 440 }}>
      {deeds.isPending && what && (
        <>
          <LinearProgress aria-hidden />
          <Typography variant="body2">{t[`${what}Now`]}</Typography>
        </>
      )}
      {deeds.isSuccess && what && (
        <Alert severity="success">
          {t[`${what}Done`]}
        </Alert>
      )}
    </Box>
  );
}
