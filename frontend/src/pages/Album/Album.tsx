// What is this album, by all that is known, and why is it believed?
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import { useParams } from "react-router";

import { Asking } from "@/facts/Asking";
import { factsTexts } from "@/facts/factsTexts";
import { LatestPlays } from "@/facts/LatestPlays";
import { Notes } from "@/facts/Notes";
import { Overrides } from "@/facts/Overrides";
import { RefreshButton } from "@/facts/RefreshButton";
import { Section } from "@/facts/Section";
import { Words } from "@/facts/Words";
import { useTexts } from "@/i18n/LanguageProvider";
import { Loaded } from "@/shared/Loaded";
import { Page } from "@/shared/Page";

import { overridingOf, useAlbum, useRefresh, type EnrichedAlbum } from "./asking";
import { DescriptionSection } from "./DescriptionSection";
import { Details } from "./Details";
import { Genres } from "./Genres";
import { Introduction } from "./Introduction";
import { albumTexts } from "./texts";
import { Tracks } from "./Tracks";
import { WhyField } from "./WhyField";

export default function Album() {
  const { album = "" } = useParams();
  // Another album is another page, with nothing opened or chosen.
  return <AlbumPage key={album} id={album} />;
}

function AlbumPage({ id }: { id: string }) {
  const t = useTexts(albumTexts);
  const query = useAlbum(id);
  const refreshing = useRefresh(id);
  return (
    <Page
      title={query.data?.album?.title ?? t.title}
      actions={
        query.data && (
          <RefreshButton
            isAsked={Boolean(query.data.retrieved_at)}
            isPending={refreshing.isPending}
            onRefresh={() => refreshing.mutate()}
          />
        )
      }
    >
      <Asking isPending={refreshing.isPending} error={refreshing.error} />
      <Loaded query={query}>{(enriched) => <All id={id} enriched={enriched} />}</Loaded>
    </Page>
  );
}

function All({ id, enriched }: { id: string; enriched: EnrichedAlbum }) {
  const t = useTexts(albumTexts);
  const facts = useTexts(factsTexts);
  const { album } = enriched;
  const wiki = enriched.lastfm?.wiki;
  return (
    <Stack spacing={3}>
      <Introduction id={id} enriched={enriched} />
      {enriched.stale && <Alert severity="warning">{facts.stale}</Alert>}
      <Box sx={{ display: "grid", gap: 3, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 2fr) minmax(0, 1fr)" } }}>
        <Stack spacing={3}>
          <Tracks id={id} published={enriched.lastfm?.tracks ?? []} />
          <DescriptionSection id={id} description={enriched.description} />
          {wiki && (
            <Section title={t.text} why={<WhyField id={id} field="wiki" />}>
              <Words {...wiki} />
            </Section>
          )}
          {album && (
            <LatestPlays
              thing={["album", id]}
              filter={{ album: id }}
              journal={`/journal?${new URLSearchParams({ artist: album.artist_name, album: album.title }).toString()}`}
              title={t.plays}
              empty={t.noPlays}
              all={t.inJournal}
            />
          )}
        </Stack>
        <Stack spacing={3}>
          <Genres id={id} genres={enriched.genres} />
          <Details id={id} enriched={enriched} />
          <Overrides overriding={overridingOf(id)} />
          <Section title={facts.missing}>
            <Notes notes={enriched.notes} />
          </Section>
        </Stack>
      </Box>
    </Stack>
  );
}
