// Which albums of the artist are known here?
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { Loaded } from "@/shared/Loaded";

import { AlbumCard } from "../Albums/AlbumCard";
import { artistTexts } from "./texts";

const SHOWN = 12;

export function Albums({ id }: { id: string }) {
  const t = useTexts(artistTexts);
  const query = useQuery({
    queryKey: ["artist", id, "albums"],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/albums", { params: { query: { artist_id: id, page_size: SHOWN } }, signal })),
  });
  return (
    <Section
      title={t.albums}
      actions={
        query.data?.next_page_token && (
          <Button href={`/albums?artist=${encodeURIComponent(id)}`}>{t.allAlbums}</Button>
        )
      }
    >
      <Loaded query={query} isEmpty={({ albums }) => albums.length === 0} empty={t.noAlbums}>
        {({ albums }) => (
          <Box component="ul" sx={{ m: 0, p: 0, listStyle: "none", display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fill, minmax(128px, 1fr))" }}>
            {albums.map((album) => (
              <li key={album.id}>
                <AlbumCard album={album} hasArtist={false} />
              </li>
            ))}
          </Box>
        )}
      </Loaded>
    </Section>
  );
}
