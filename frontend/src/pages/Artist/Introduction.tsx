// The artist at a glance: picture, tags, and how many people listen.
import { mdiBookmarkMusicOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";

import { CoverCard } from "@/covers/CoverCard";
import { factsTexts } from "@/facts/factsTexts";
import { fieldTexts } from "@/facts/fieldTexts";
import { Figure, Figures } from "@/facts/Figure";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { RelativeTime } from "@/shared/RelativeTime";

import type { EnrichedArtist } from "./asking";
import { artistTexts } from "./texts";
import { WhyField } from "./WhyField";

export function Introduction({ id, enriched }: { id: string; enriched: EnrichedArtist }) {
  const facts = useTexts(factsTexts);
  const names = useTexts(fieldTexts);
  const figures = [
    ["listeners", enriched.lastfm?.listeners],
    ["playcount", enriched.lastfm?.playcount],
    ["monthly_listeners", enriched.monthly_listeners?.value],
    ["followers", enriched.spotify?.followers],
    ["popularity", enriched.spotify?.popularity],
    ["listenbrainz_listens", enriched.listenbrainz?.listens],
  ] as const;
  return (
    <Box sx={{ display: "flex", flexDirection: { xs: "column", sm: "row" }, gap: 3, alignItems: { xs: "center", sm: "flex-start" } }}>
      <CoverCard kind="artists" id={id} name={enriched.artist?.name ?? ""} size={200} />
      <Stack spacing={2} sx={{ flexGrow: 1, minWidth: 0, width: "100%" }}>
        <Marks id={id} enriched={enriched} />
        <Figures>
          {figures.map(([field, value]) => (
            <Figure key={field} label={names[field]} value={value} why={<WhyField id={id} field={field} />} />
          ))}
        </Figures>
        <Typography variant="body2" color="text.secondary">
          {enriched.retrieved_at ? (
            <>
              {facts.checked} <RelativeTime time={enriched.retrieved_at} />
            </>
          ) : (
            facts.neverAsked
          )}
        </Typography>
      </Stack>
    </Box>
  );
}

function Marks({ id, enriched }: { id: string; enriched: EnrichedArtist }) {
  const t = useTexts(artistTexts);
  const tags = enriched.lastfm?.tags ?? [];
  const genres = (enriched.spotify?.genres ?? []).filter((genre) => !tags.some((tag) => tag.name.toLowerCase() === genre.toLowerCase()));
  const isHere = enriched.artist?.in_library === true;
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center" }}>
      <Chip
        color={isHere ? "primary" : "default"}
        variant={isHere ? "filled" : "outlined"}
        icon={<Icon path={mdiBookmarkMusicOutline} fontSize="small" />}
        label={isHere ? t.inLibrary : t.notInLibrary}
      />
      {(tags.length > 0 || genres.length > 0) && (
        <Box component="ul" aria-label={t.tags} sx={{ display: "contents" }}>
          {tags.map((tag) => (
            <Chip component="li" key={tag.name} variant="outlined" label={tag.name} />
          ))}
          {genres.map((genre) => (
            <Chip component="li" key={genre} variant="outlined" label={genre} />
          ))}
        </Box>
      )}
      <WhyField id={id} field="tags" />
    </Box>
  );
}
