// Which genres is it, and what spoke for each?
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Empty } from "@/shared/Loaded";

import { albumTexts } from "./texts";
import { WhyField } from "./WhyField";

type Genre = Of<"album">["Genre"];

const STAGES = ["album_tags", "musicbrainz", "files", "person"] as const;

export function Genres({ id, genres }: { id: string; genres: Genre[] }) {
  const t = useTexts(albumTexts);
  return (
    <Section title={t.genres} why={<WhyField id={id} field="genres" />}>
      {genres.length === 0 ? (
        <Empty>{t.noGenres}</Empty>
      ) : (
        <Stack component="ul" spacing={1.5} sx={{ m: 0, p: 0, listStyle: "none" }}>
          {genres.map((genre) => (
            <One key={genre.name} genre={genre} />
          ))}
        </Stack>
      )}
    </Section>
  );
}

function One({ genre }: { genre: Genre }) {
  const t = useTexts(albumTexts);
  const format = useFormat();
  const stage = STAGES.find((each) => each === genre.stage);
  return (
    <Box component="li">
      <Box sx={{ display: "flex", justifyContent: "space-between", gap: 1 }}>
        <Typography sx={{ fontWeight: 600, minWidth: 0, overflowWrap: "anywhere" }}>{genre.name}</Typography>
        <Typography variant="body2" color="text.secondary" sx={{ flexShrink: 0 }}>
          {t.weight(format.number(genre.weight))}
        </Typography>
      </Box>
      <LinearProgress variant="determinate" value={genre.weight} aria-hidden sx={{ my: 0.5, height: 6, borderRadius: 3 }} />
      <Typography variant="body2" color="text.secondary" sx={{ overflowWrap: "anywhere" }}>
        {stage && `${t[stage]}${genre.read_from.length > 0 ? " · " : ""}`}
        <span lang="en">{genre.read_from.join(", ")}</span>
      </Typography>
    </Box>
  );
}
