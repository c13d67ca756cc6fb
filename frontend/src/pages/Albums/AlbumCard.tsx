// One album among many: cover, title, artist and year.
import Card from "@mui/material/Card";
import CardActionArea from "@mui/material/CardActionArea";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { CoverImage } from "@/covers/CoverImage";

interface AlbumCardProps {
  album: Of<"album">["Album"];
  /** Whether the artist's name is shown: not on the artist's own page. */
  hasArtist?: boolean;
}

export function AlbumCard({ album, hasArtist = true }: AlbumCardProps) {
  const words = [hasArtist && album.artist_name, album.released.slice(0, 4)].filter(Boolean).join(" · ");
  return (
    <Card sx={{ height: "100%" }}>
      <CardActionArea href={`/albums/${album.id}`} sx={{ height: "100%", p: 1 }}>
        <CoverImage kind="albums" id={album.id} name={album.title} size="fill" />
        <Typography sx={{ mt: 1, fontWeight: 600 }} noWrap title={album.title}>
          {album.title}
        </Typography>
        <Typography variant="body2" color="text.secondary" noWrap sx={{ minHeight: 20 }}>
          {words}
        </Typography>
      </CardActionArea>
    </Card>
  );
}
