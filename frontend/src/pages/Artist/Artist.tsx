// Who is this artist, by all that is known, and why is it believed?
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import { useParams } from "react-router";

import { Asking } from "@/facts/Asking";
import { factsTexts } from "@/facts/factsTexts";
import { Notes } from "@/facts/Notes";
import { Overrides } from "@/facts/Overrides";
import { RefreshButton } from "@/facts/RefreshButton";
import { Section } from "@/facts/Section";
import { Words } from "@/facts/Words";
import { useTexts } from "@/i18n/LanguageProvider";
import { Empty, Loaded } from "@/shared/Loaded";
import { Page } from "@/shared/Page";

import { Albums } from "./Albums";
import { overridingOf, useArtist, useRefresh, useSettling, type EnrichedArtist } from "./asking";
import { Identity } from "./Identity";
import { Introduction } from "./Introduction";
import { LabelSection } from "./LabelSection";
import { Management } from "./Management";
import { Numbers } from "./Numbers";
import { Plays } from "./Plays";
import { Similar } from "./Similar";
import { artistTexts } from "./texts";
import { WhyField } from "./WhyField";

export default function Artist() {
  const { artist = "" } = useParams();
  // Another artist is another page, with nothing opened or chosen.
  return <ArtistPage key={artist} id={artist} />;
}

function ArtistPage({ id }: { id: string }) {
  const t = useTexts(artistTexts);
  const query = useArtist(id);
  const refreshing = useRefresh(id);
  // Whoever looked for a picture may have settled who this is, and asked for no more.
  const isKnown = query.data && (query.data.lastfm ?? query.data.spotify ?? query.data.listenbrainz) !== null;
  return (
    <Page
      title={query.data?.artist?.name ?? t.title}
      actions={
        query.data && (
          <RefreshButton isKnown={Boolean(isKnown)} isPending={refreshing.isPending} onRefresh={() => refreshing.mutate()} />
        )
      }
    >
      <Asking isPending={refreshing.isPending} error={refreshing.error} />
      <Loaded query={query}>{(enriched) => <All id={id} enriched={enriched} />}</Loaded>
    </Page>
  );
}

function All({ id, enriched }: { id: string; enriched: EnrichedArtist }) {
  const t = useTexts(artistTexts);
  const facts = useTexts(factsTexts);
  const bio = enriched.lastfm?.bio;
  // Known here, since it outlives the move from one place to the other.
  const settling = useSettling(id, t.settleReason);
  return (
    <Stack spacing={3}>
      <Introduction id={id} enriched={enriched} />
      {enriched.stale && <Alert severity="warning">{facts.stale}</Alert>}
      {enriched.identity?.ambiguous && <Identity id={id} identity={enriched.identity} settling={settling} />}
      <Box sx={{ display: "grid", gap: 3, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: "minmax(0, 2fr) minmax(0, 1fr)" } }}>
        <Stack spacing={3}>
          <Section title={t.biography} why={<WhyField id={id} field="bio" />}>
            {bio ? <Words {...bio} /> : <Empty>{t.noBiography}</Empty>}
          </Section>
          <Similar id={id} name={enriched.artist?.name ?? ""} />
          <Numbers id={id} />
          <Albums id={id} />
        </Stack>
        <Stack spacing={3}>
          {!enriched.identity?.ambiguous && <Identity id={id} identity={enriched.identity} settling={settling} />}
          <LabelSection id={id} labels={enriched.labels} />
          <Management id={id} management={enriched.management} />
          <Plays artist={enriched.artist} />
          <Overrides overriding={overridingOf(id)} />
          <Section title={facts.missing}>
            <Notes notes={enriched.notes} />
          </Section>
        </Stack>
      </Box>
    </Stack>
  );
}
