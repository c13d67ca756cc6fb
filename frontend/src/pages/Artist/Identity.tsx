// Who is this elsewhere, how sure is that, and who else might it be? A click settles it.
import { mdiCheck } from "@mdi/js";
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useEffect, useRef } from "react";

import type { Of } from "@/api/client";
import { factsTexts } from "@/facts/factsTexts";
import { Outside } from "@/shared/Outside";
import { providerName } from "@/facts/providers";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { BusyButton } from "@/shared/BusyButton";
import { Icon } from "@/shared/Icon";
import { Empty } from "@/shared/Loaded";
import { Trouble } from "@/shared/Trouble";

import type { useSettling } from "./asking";
import { artistTexts } from "./texts";
import { WhyField } from "./WhyField";

type ExternalId = Of<"artist">["ExternalId"];
type Candidate = Of<"artist">["IdentityCandidate"];

const SCHEMES = {
  mbid: "https://musicbrainz.org/artist/",
  spotify_id: "https://open.spotify.com/artist/",
  wikidata_id: "https://www.wikidata.org/wiki/",
} as const;
type Scheme = keyof typeof SCHEMES;

const isScheme = (name: string): name is Scheme => name in SCHEMES;

interface IdentityProps {
  id: string;
  identity: Of<"artist">["ArtistIdentity"] | null;
  settling: ReturnType<typeof useSettling>;
}

export function Identity({ id, identity, settling }: IdentityProps) {
  const t = useTexts(artistTexts);
  const ids = identity?.ids ?? [];
  return (
    <Section title={t.identity}>
      {identity?.ambiguous && (
        <Alert severity="warning" sx={{ mb: 2 }}>
          <AlertTitle>{t.ambiguous}</AlertTitle>
          {t.ambiguousWords}
        </Alert>
      )}
      {ids.length === 0 && <Empty>{t.noIdentity}</Empty>}
      <Stack spacing={2}>
        {ids.map((each) => isScheme(each.scheme) && <One key={each.scheme} id={id} scheme={each.scheme} external={each} settling={settling} />)}
      </Stack>
    </Section>
  );
}

interface OneProps extends Pick<IdentityProps, "id" | "settling"> {
  scheme: Scheme;
  external: ExternalId;
}

function One({ id, scheme, external, settling }: OneProps) {
  const t = useTexts(artistTexts);
  const facts = useTexts(factsTexts);
  const format = useFormat();
  const isMeant = settling.variables?.scheme === scheme;
  const isSettled = isMeant && settling.isSuccess;
  const said = useRef<HTMLDivElement>(null);
  // The button goes with the question: who pressed it by a key is not left nowhere, and sees what became of it.
  useEffect(() => {
    if (isSettled) said.current?.focus();
  }, [isSettled]);
  const others = external.candidates.filter((each) => each.value !== external.value);
  return (
    <Box>
      <Box sx={{ display: "flex", alignItems: "center", gap: 0.5 }}>
        <Typography component="h3" sx={{ fontWeight: 600 }}>
          {t[scheme]}
        </Typography>
        <WhyField id={id} field={scheme} />
      </Box>
      {external.value ? (
        <Typography variant="body2">
          <Outside href={SCHEMES[scheme] + external.value}>{external.value}</Outside>
          <Box component="span" sx={{ color: "text.secondary", ml: 1 }}>
            {t.sure(format.percent(external.confidence))}
          </Box>
        </Typography>
      ) : (
        <Typography variant="body2" color="text.secondary">
          {t.unknown}
        </Typography>
      )}
      {others.length > 0 && (
        <Box sx={{ mt: 1 }}>
          {external.value && <Typography variant="body2">{t.candidates}</Typography>}
          <Stack component="ul" spacing={1} sx={{ m: 0, p: 0, listStyle: "none" }}>
            {others.map((candidate) => (
              <OneCandidate
                key={candidate.value}
                candidate={candidate}
                isBusy={settling.isPending}
                onSettle={() => settling.mutate({ scheme, value: candidate.value })}
              />
            ))}
          </Stack>
        </Box>
      )}
      <Box ref={said} role="status" tabIndex={-1}>
        {isMeant && settling.isPending && <LinearProgress aria-label={facts.asking} sx={{ mt: 1 }} />}
        {isSettled && <Typography variant="body2">{t.settled}</Typography>}
      </Box>
      {isMeant && settling.error && <Trouble error={settling.error} />}
    </Box>
  );
}

interface OneCandidateProps {
  candidate: Candidate;
  isBusy: boolean;
  onSettle: () => void;
}

function OneCandidate({ candidate, isBusy, onSettle }: OneCandidateProps) {
  const t = useTexts(artistTexts);
  const format = useFormat();
  return (
    <Box component="li" sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1, p: 1, border: 1, borderColor: "divider", borderRadius: 1 }}>
      <Box sx={{ flex: "1 1 160px", minWidth: 0 }}>
        <Outside href={candidate.url}>{candidate.name}</Outside>
        <Typography variant="body2" lang="en">
          {candidate.description}
        </Typography>
        <Typography variant="body2" color="text.secondary">
          {providerName(candidate.provider)} · {t.sure(format.percent(candidate.confidence))}
        </Typography>
      </Box>
      <BusyButton
        variant="outlined"
        startIcon={<Icon path={mdiCheck} />}
        aria-label={t.settleAs(candidate.name, candidate.description)}
        isBusy={isBusy}
        onClick={onSettle}
      >
        {t.settle}
      </BusyButton>
    </Box>
  );
}
