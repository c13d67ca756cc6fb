// Who is like this artist? As a graph to look at and walk through, and beside it the same as a list.
import { mdiBookmarkMusicOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import FormControlLabel from "@mui/material/FormControlLabel";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";

import { CoverImage } from "@/covers/CoverImage";
import { providerName } from "@/facts/providers";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Icon } from "@/shared/Icon";
import { Loaded, Loading } from "@/shared/Loaded";
import { patientLazy } from "@/shell/loading";

import { similarQuery, type SimilarArtist } from "./asking";
import { artistTexts } from "./texts";

const SimilarGraph = patientLazy(() => import("./SimilarGraph"));

const FEW = 6;

export function Similar({ id, name }: { id: string; name: string }) {
  const t = useTexts(artistTexts);
  const [isLibraryOnly, setLibraryOnly] = useState(false);
  const query = useQuery(similarQuery(id, isLibraryOnly));
  return (
    <Section
      title={t.similar}
      actions={
        <FormControlLabel
          control={<Switch checked={isLibraryOnly} onChange={(_, on) => setLibraryOnly(on)} />}
          label={t.onlyLibrary}
          sx={{ mr: 0 }}
        />
      }
    >
      <Loaded query={query} isEmpty={(similar) => similar.length === 0} empty={t.noSimilar}>
        {(similar) => (
          <Box
            sx={{ display: "grid", gap: 2, alignItems: "start", gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "minmax(0, 3fr) minmax(0, 2fr)" } }}
          >
            <Suspense fallback={<Loading />}>
              <SimilarGraph id={id} name={name} similar={similar} />
            </Suspense>
            <List similar={similar} />
          </Box>
        )}
      </Loaded>
    </Section>
  );
}

function List({ similar }: { similar: SimilarArtist[] }) {
  const t = useTexts(artistTexts);
  const [isWhole, setWhole] = useState(false);
  return (
    <Box>
      <Stack component="ol" aria-label={t.similarList} spacing={0.5} sx={{ m: 0, p: 0, listStyle: "none" }}>
        {(isWhole ? similar : similar.slice(0, FEW)).map((artist) => (
          <One key={artist.artist_id} artist={artist} />
        ))}
      </Stack>
      {similar.length > FEW && (
        <Button aria-expanded={isWhole} onClick={() => setWhole(!isWhole)} sx={{ mt: 1 }}>
          {isWhole ? t.showFewer : t.showAll(similar.length)}
        </Button>
      )}
    </Box>
  );
}

function One({ artist }: { artist: SimilarArtist }) {
  const t = useTexts(artistTexts);
  const format = useFormat();
  return (
    <Box component="li" sx={{ display: "flex", gap: 1.5, alignItems: "center", minHeight: 56 }}>
      <CoverImage kind="artists" id={artist.artist_id} name={artist.name} size={44} />
      <Box sx={{ flexGrow: 1, minWidth: 0 }}>
        <Link href={`/artists/${artist.artist_id}`} noWrap title={artist.name} sx={{ display: "block", fontWeight: 600, py: 0.5 }}>
          {artist.name}
        </Link>
        <Typography variant="body2" color="text.secondary" noWrap>
          {t.alike(format.percent(artist.weight))} · {providerName(artist.provider)}
        </Typography>
      </Box>
      {artist.in_library && <Icon path={mdiBookmarkMusicOutline} label={t.inLibrary} color="primary" fontSize="small" />}
    </Box>
  );
}
