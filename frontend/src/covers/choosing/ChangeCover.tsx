// May it be another one? An image of one's own, one it had before, or whatever the sources have now.
import { mdiLockOpenOutline, mdiRefresh, mdiUpload } from "@mdi/js";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useMemo, useRef, useState } from "react";
import { thumbHashToDataURL } from "thumbhash";

import type { Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Icon } from "@/shared/Icon";
import { Trouble } from "@/shared/Trouble";

import type { Cover } from "../watching";
import { useChange, type Thing } from "./changing";
import { choosingTexts, sourceName } from "./choosingTexts";

const MOST_BYTES = 20 * 2 ** 20;

export function ChangeCover({ kind, id, cover }: Thing & { cover: Cover }) {
  const t = useTexts(choosingTexts);
  const change = useChange({ kind, id });
  const picker = useRef<HTMLInputElement>(null);
  const [isTooLarge, setTooLarge] = useState(false);
  const isLocked = cover.is_locked;
  const doing = change.isPending ? change.variables.to : null;
  const take = (file: File | undefined) => {
    setTooLarge(file !== undefined && file.size > MOST_BYTES);
    if (file && file.size <= MOST_BYTES) change.mutate({ to: "upload", file });
  };
  return (
    <Box>
      <Typography variant="subtitle1" component="h3" sx={{ fontWeight: 600, mb: 1 }}>
        {t.change}
      </Typography>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap", "& button": { minHeight: 40 } }}>
        <input
          ref={picker}
          type="file"
          accept="image/jpeg,image/png,image/webp,image/gif"
          hidden
          aria-label={t.upload}
          onChange={(event) => {
            take(event.target.files?.[0]);
            // The same file may be chosen again.
            event.target.value = "";
          }}
        />
        <Button
          variant="outlined"
          startIcon={<Icon path={mdiUpload} />}
          loading={doing === "upload"}
          loadingPosition="start"
          onClick={() => picker.current?.click()}
        >
          {t.upload}
        </Button>
        <Button
          variant="outlined"
          startIcon={<Icon path={mdiRefresh} />}
          loading={doing === "refresh"}
          loadingPosition="start"
          disabled={isLocked}
          onClick={() => change.mutate({ to: "refresh" })}
        >
          {t.lookAgain}
        </Button>
        {isLocked && (
          <Button
            variant="outlined"
            startIcon={<Icon path={mdiLockOpenOutline} />}
            loading={doing === "unlock"}
            loadingPosition="start"
            onClick={() => change.mutate({ to: "unlock" })}
          >
            {t.unlock}
          </Button>
        )}
      </Stack>
      <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
        {isLocked ? t.lockedHint : t.uploadHint}
      </Typography>
      <Box role="status" sx={{ mt: 1 }}>
        {isTooLarge && <Alert severity="error" role={undefined}>{t.tooLarge}</Alert>}
        {!isTooLarge && change.isSuccess && (
          <Alert severity="success" role={undefined}>{change.variables.to === "refresh" ? t.sought : t.done}</Alert>
        )}
      </Box>
      {change.error && <Trouble error={change.error} />}
      {cover.versions.length > 0 && (
        <Versions versions={cover.versions} isBusy={change.isPending} onRevert={(image) => change.mutate({ to: "revert", image })} />
      )}
    </Box>
  );
}

interface VersionsProps {
  versions: Cover["versions"];
  isBusy: boolean;
  onRevert: (image: string) => void;
}

function Versions({ versions, isBusy, onRevert }: VersionsProps) {
  const t = useTexts(choosingTexts);
  const format = useFormat();
  return (
    <Box sx={{ mt: 2 }}>
      <Typography variant="subtitle1" component="h3" sx={{ fontWeight: 600, mb: 1 }}>
        {t.earlier}
      </Typography>
      <Stack component="ul" spacing={1} sx={{ m: 0, p: 0, listStyle: "none" }}>
        {versions.map((image) => (
          <Box component="li" key={image.id} sx={{ display: "flex", gap: 1.5, alignItems: "center", flexWrap: "wrap" }}>
            <Preview image={image} />
            <Typography variant="body2" sx={{ flex: "1 1 140px" }}>
              {sourceName(t, image.source)}
              <br />
              {t.size(image.width, image.height)}
              {image.find_time && `, ${format.date(image.find_time)}`}
            </Typography>
            <Button disabled={isBusy} onClick={() => onRevert(image.id)} sx={{ minHeight: 40 }}>
              {t.revert}
            </Button>
          </Box>
        ))}
      </Stack>
    </Box>
  );
}

/** Its bytes are given out only while it is the one shown: what is left is its blurred preview. */
function Preview({ image }: { image: Of<"cover">["CoverImage"] }) {
  const preview = useMemo(
    () => (image.thumb_hash ? thumbHashToDataURL(Uint8Array.from(atob(image.thumb_hash), (letter) => letter.charCodeAt(0))) : null),
    [image.thumb_hash],
  );
  return (
    <Box
      aria-hidden
      sx={{ width: 48, height: 48, borderRadius: 1, backgroundSize: "cover" }}
      style={{ backgroundColor: image.color, backgroundImage: preview ? `url("${preview}")` : undefined }}
    />
  );
}
