// Who brings the artist's records out, and which releases prove it?
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { Outside } from "@/shared/Outside";
import { partialDate } from "@/facts/partialDate";
import { providerName } from "@/facts/providers";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Empty } from "@/shared/Loaded";

import { artistTexts } from "./texts";
import { WhyField } from "./WhyField";

type Labels = Of<"artist">["Labels"];

const METHODS = ["latest_release", "most_frequent", "person"] as const;

export function LabelSection({ id, labels }: { id: string; labels: Labels | null }) {
  const t = useTexts(artistTexts);
  return (
    <Section title={t.label} why={<WhyField id={id} field="label" />}>
      {labels ? <Known labels={labels} /> : <Empty>{t.noLabel}</Empty>}
    </Section>
  );
}

function Known({ labels }: { labels: Labels }) {
  const t = useTexts(artistTexts);
  const format = useFormat();
  const nameOf = (name: string) => (name === t.none ? t.ownRelease : name);
  const method = METHODS.find((each) => each === labels.method);
  return (
    <>
      <Typography sx={{ fontSize: "1.2rem", fontWeight: 650 }}>{nameOf(labels.principal)}</Typography>
      <Typography variant="body2" color="text.secondary">
        {[method && t[method], labels.since && t.since(partialDate(format, labels.since)), t.sure(format.percent(labels.confidence))]
          .filter(Boolean)
          .join(" · ")}
      </Typography>
      {labels.evidence.length > 0 && (
        <List title={t.proof}>
          {labels.evidence.map((proof) => (
            <li key={`${proof.provider} ${proof.release_id}`}>
              <Outside href={proof.url}>{proof.title}</Outside>
              {proof.released && `, ${partialDate(format, proof.released)}`} ({providerName(proof.provider)})
            </li>
          ))}
        </List>
      )}
      {labels.candidates.length > 1 && (
        <List title={t.otherLabels}>
          {labels.candidates.map((candidate) => (
            <li key={candidate.name}>
              {t.recordsOf(nameOf(candidate.name), candidate.records)}
              {candidate.latest && `, ${partialDate(format, candidate.latest)}`}
            </li>
          ))}
        </List>
      )}
    </>
  );
}

function List({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Box sx={{ mt: 1.5 }}>
      <Typography component="h3" variant="body2" sx={{ fontWeight: 600 }}>
        {title}
      </Typography>
      <Typography component="ul" variant="body2" sx={{ m: 0, pl: 2.5 }}>
        {children}
      </Typography>
    </Box>
  );
}
