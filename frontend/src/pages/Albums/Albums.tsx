// Which albums are known? All of them, by title, with their covers; searched, and those of one artist alone.
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import { useSearchParams } from "react-router";

import { api, ask } from "@/api/client";
import { SearchField } from "@/facts/SearchField";
import { useTexts } from "@/i18n/LanguageProvider";
import { PagedList } from "@/lists/PagedList";
import { usePages } from "@/lists/usePages";
import { Page } from "@/shared/Page";
import { useSearchChange } from "@/shared/searching";

import { AlbumCard } from "./AlbumCard";
import { ArtistFilter } from "./ArtistFilter";
import { albumsTexts } from "./texts";

const PAGE_SIZE = 60;

export default function Albums() {
  const t = useTexts(albumsTexts);
  const [address] = useSearchParams();
  const change = useSearchChange();
  const prefix = address.get("q") ?? "";
  const artist = address.get("artist") ?? "";
  const pages = usePages(["album", "list", prefix, artist], async (token, signal) => {
    const query = { page_size: PAGE_SIZE, page_token: token, title_prefix: prefix, artist_id: artist };
    const { albums, next_page_token } = await ask(api.GET("/api/v1/albums", { params: { query }, signal }));
    return { rows: albums, next: next_page_token };
  });
  return (
    <Page title={t.title}>
      <Box role="search" sx={{ display: "flex", flexWrap: "wrap", gap: 2, mb: 3 }}>
        <SearchField label={t.search} value={prefix} onSearch={(words) => change("q", words)} />
        <ArtistFilter artist={artist} onChoose={(id) => change("artist", id)} />
      </Box>
      <PagedList
        pages={pages}
        label={t.list}
        rowHeight={260}
        cardWidth={160}
        empty={
          prefix || artist ? (
            t.noMatch
          ) : (
            <>
              {t.nothing} <Link href="/settings">{t.toSettings}</Link>
            </>
          )
        }
      >
        {(album) => <AlbumCard album={album} />}
      </PagedList>
    </Page>
  );
}
