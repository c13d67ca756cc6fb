// Which pictures did it have before? Each can be taken back.
import { mdiUndoVariant } from "@mdi/js";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import { useId } from "react";

import { nameOfSource, sourceTexts } from "@/covers/sourceNames";
import type { Cover } from "@/covers/watching";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Icon } from "@/shared/Icon";
import { RelativeTime } from "@/shared/RelativeTime";

import type { CoverPicture, useDeeds } from "./asking";
import { coversTexts } from "./texts";

interface VersionsProps {
  cover: Cover;
  deeds: ReturnType<typeof useDeeds>;
}

export function Versions({ cover, deeds }: VersionsProps) {
  const t = useTexts(coversTexts);
  const id = useId();
  if (cover.versions.length === 0) return null;
  return (
    <Box component="section" aria-labelledby={id} sx={{ mt: 5 }}>
      <Typography id={id} variant="h5" component="h2">
        {t.versions}
      </Typography>
      <Typography color="text.secondary" sx={{ mb: 2 }}>
        {t.versionsWords}
      </Typography>
      <Box
        component="ul"
        aria-labelledby={id}
        sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fill, minmax(150px, 1fr))" }}
      >
        {cover.versions.map((version) => (
          <li key={version.id}>
            <Version version={version} deeds={deeds} />
          </li>
        ))}
      </Box>
    </Box>
  );
}

function Version({ version, deeds }: { version: CoverPicture; deeds: VersionsProps["deeds"] }) {
  const t = useTexts(coversTexts);
  const format = useFormat();
  const source = nameOfSource(version.source, useTexts(sourceTexts));
  return (
    <Card sx={{ height: "100%", display: "flex", flexDirection: "column" }}>
      <Box
        component="img"
        src={`${version.url}?size=300`}
        alt=""
        loading="lazy"
        sx={{ display: "block", width: "100%", aspectRatio: "1", objectFit: "contain" }}
        style={{ backgroundColor: version.color }}
      />
      <Box sx={{ p: 1.5, flexGrow: 1 }}>
        <Typography sx={{ fontWeight: 600 }}>{source}</Typography>
        <Typography variant="body2" color="text.secondary">
          {version.width} × {version.height}
          <br />
          <RelativeTime time={version.find_time} />
        </Typography>
      </Box>
      <Button
        startIcon={<Icon path={mdiUndoVariant} />}
        aria-label={t.takeBackThis(source, version.find_time ? format.moment(version.find_time) : version.id)}
        onClick={() => deeds.act({ do: "revert", image: version.id })}
        sx={{ borderRadius: 0 }}
      >
        {t.takeBack}
      </Button>
    </Card>
  );
}
