// The album at a glance: cover, artist, and how many people listen.
import { mdiBookmarkMusicOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";

import { CoverCard } from "@/covers/CoverCard";
import { CoverImage } from "@/covers/CoverImage";
import { factsTexts } from "@/facts/factsTexts";
import { fieldTexts } from "@/facts/fieldTexts";
import { Figure, Figures } from "@/facts/Figure";
import { partialDate } from "@/facts/partialDate";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Icon } from "@/shared/Icon";
import { RelativeTime } from "@/shared/RelativeTime";

import type { EnrichedAlbum } from "./asking";
import { albumTexts } from "./texts";
import { WhyField } from "./WhyField";

export function Introduction({ id, enriched }: { id: string; enriched: EnrichedAlbum }) {
  const t = useTexts(albumTexts);
  const facts = useTexts(factsTexts);
  const names = useTexts(fieldTexts);
  const format = useFormat();
  const { album } = enriched;
  const isHere = album?.in_library === true;
  return (
    <Box sx={{ display: "flex", flexDirection: { xs: "column", sm: "row" }, gap: 3, alignItems: { xs: "center", sm: "flex-start" } }}>
      <CoverCard kind="albums" id={id} name={album?.title ?? ""} size={260} />
      <Stack spacing={2} sx={{ flexGrow: 1, minWidth: 0, width: "100%" }}>
        {album && (
          <Box sx={{ display: "flex", alignItems: "center", gap: 1.5 }}>
            <CoverImage kind="artists" id={album.artist_id} name={album.artist_name} size={40} />
            <Typography sx={{ fontSize: "1.2rem" }}>
              {t.by}{" "}
              <Link href={`/artists/${album.artist_id}`} sx={{ fontWeight: 600 }}>
                {album.artist_name}
              </Link>
            </Typography>
          </Box>
        )}
        <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
          <Chip
            color={isHere ? "primary" : "default"}
            variant={isHere ? "filled" : "outlined"}
            icon={<Icon path={mdiBookmarkMusicOutline} fontSize="small" />}
            label={isHere ? t.inLibrary : t.notInLibrary}
          />
          {album?.released && <Chip variant="outlined" label={partialDate(format, album.released)} />}
          {enriched.genres.map((genre) => (
            <Chip key={genre.name} variant="outlined" label={genre.name} />
          ))}
        </Box>
        <Figures>
          <Figure label={names.listeners} value={enriched.lastfm?.listeners} why={<WhyField id={id} field="listeners" />} />
          <Figure label={names.playcount} value={enriched.lastfm?.playcount} why={<WhyField id={id} field="playcount" />} />
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
