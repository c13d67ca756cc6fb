// One artist among many: picture, name, and a few words.
import { mdiBookmarkMusicOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import CardActionArea from "@mui/material/CardActionArea";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { CoverImage } from "@/covers/CoverImage";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";

import { artistsTexts } from "./texts";

export function ArtistCard({ artist }: { artist: Of<"artist">["Artist"] }) {
  const t = useTexts(artistsTexts);
  const words = artist.lastfm_tags.slice(0, 2).join(", ") || (artist.lastfm_listeners ? t.listeners(artist.lastfm_listeners) : "");
  return (
    <Card sx={{ height: "100%" }}>
      <CardActionArea href={`/artists/${artist.id}`} sx={{ height: "100%", p: 1.5 }}>
        <CoverImage kind="artists" id={artist.id} name={artist.name} size="fill" />
        <Typography sx={{ mt: 1.5, fontWeight: 600, textAlign: "center" }} noWrap title={artist.name}>
          {artist.name}
        </Typography>
        <Box sx={{ display: "flex", justifyContent: "center", alignItems: "center", gap: 0.5, minHeight: 20, color: "text.secondary" }}>
          {artist.in_library && <Icon path={mdiBookmarkMusicOutline} label={t.inLibrary} sx={{ fontSize: 16 }} />}
          <Typography variant="body2" noWrap>
            {words}
          </Typography>
        </Box>
      </CardActionArea>
    </Card>
  );
}
