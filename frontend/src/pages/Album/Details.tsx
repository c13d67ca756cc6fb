// When did it come out, as what, on which label, and where else is it found?
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import { fieldTexts, type FieldName } from "@/facts/fieldTexts";
import { Outside } from "@/shared/Outside";
import { partialDate } from "@/facts/partialDate";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";

import type { EnrichedAlbum } from "./asking";
import { albumTexts } from "./texts";
import { WhyField } from "./WhyField";

const KINDS = ["album", "ep", "single", "compilation", "live", "remix", "other"] as const;

export function Details({ id, enriched }: { id: string; enriched: EnrichedAlbum }) {
  const t = useTexts(albumTexts);
  const format = useFormat();
  const { musicbrainz, spotify, lastfm, album } = enriched;
  const kind = KINDS.find((each) => each === musicbrainz?.kind);
  const labels = musicbrainz?.labels.length ? musicbrainz.labels.join(", ") : spotify?.label;
  const release = musicbrainz?.release_mbid;
  const group = album?.release_group_mbid;
  return (
    <Section title={t.details}>
      <Box component="dl" sx={{ m: 0 }}>
        <One id={id} field="released">
          {album?.released && partialDate(format, album.released)}
        </One>
        <One id={id} field="kind">
          {kind && t[kind]}
        </One>
        <One id={id} field="labels">
          {labels}
        </One>
        <One id={id} field="barcode">
          {spotify?.barcode}
        </One>
        <One id={id} field="mbid">
          {release && <Outside href={`https://musicbrainz.org/release/${release}`}>{release}</Outside>}
        </One>
        <One id={id} field="release_group_mbid">
          {group && <Outside href={`https://musicbrainz.org/release-group/${group}`}>{group}</Outside>}
        </One>
        <One id={id} field="spotify_id">
          {spotify?.id && <Outside href={spotify.url}>{spotify.id}</Outside>}
        </One>
        <One id={id} field="url">
          {lastfm?.url && <Outside href={lastfm.url}>Last.fm</Outside>}
        </One>
      </Box>
    </Section>
  );
}

function One({ id, field, children }: { id: string; field: FieldName; children: ReactNode }) {
  const t = useTexts(albumTexts);
  const names = useTexts(fieldTexts);
  const isKnown = Boolean(children);
  return (
    <Box sx={{ "&:not(:last-child)": { mb: 1 } }}>
      <Typography component="dt" variant="body2" color="text.secondary" sx={{ display: "flex", alignItems: "center" }}>
        {names[field]}
        <WhyField id={id} field={field} />
      </Typography>
      <Box component="dd" sx={{ m: 0, overflowWrap: "anywhere" }}>
        {isKnown ? children : <Typography color="text.secondary">{t.unknown}</Typography>}
      </Box>
    </Box>
  );
}
