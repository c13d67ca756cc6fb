// Why is this value believed? A button beside it that opens the evidence: who said what, when, and why this one was chosen.
import { mdiHelpCircleOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import IconButton from "@mui/material/IconButton";
import Popover from "@mui/material/Popover";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery, type QueryKey } from "@tanstack/react-query";
import { useId, useState } from "react";

import type { Of } from "@/api/client";
import { providerName } from "@/facts/providers";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";

import { Icon } from "./Icon";
import { Empty, Loaded } from "./Loaded";
import { Outside } from "./Outside";
import { RelativeTime } from "./RelativeTime";
import { whyTexts } from "./whyTexts";

/** Artists and albums have a contract of their own for it each, which agree in what is shown here. */
export type Explanation = Of<"artist">["FieldExplanation"] | Of<"facts">["FieldExplanation"];
type Candidate = Explanation["candidates"][number];

interface WhyProps {
  /** What the value is, in the words of the page: "Listeners". */
  label: string;
  queryKey: QueryKey;
  /** Asks for the explanation of the one field; undefined where there is none. */
  explain: (signal: AbortSignal) => Promise<Explanation | undefined>;
}

export function Why({ label, queryKey, explain }: WhyProps) {
  const t = useTexts(whyTexts);
  const id = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        size="small"
        aria-label={t.why(label)}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        // As large as a finger asks for, without a taller line.
        sx={{ minWidth: 40, minHeight: 40, my: -1.25 }}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Icon path={mdiHelpCircleOutline} fontSize="inherit" />
      </IconButton>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: "bottom", horizontal: "left" }}
        slotProps={{ paper: { role: "dialog", "aria-labelledby": id, tabIndex: 0, sx: { p: 2, maxWidth: "min(480px, 92vw)" } } }}
      >
        <Typography id={id} variant="h6" component="h2" gutterBottom>
          {t.why(label)}
        </Typography>
        <Evidence queryKey={queryKey} explain={explain} />
      </Popover>
    </>
  );
}

function Evidence({ queryKey, explain }: Omit<WhyProps, "label">) {
  const t = useTexts(whyTexts);
  const query = useQuery({ queryKey, queryFn: async ({ signal }) => (await explain(signal)) ?? null });
  return (
    <Loaded query={query}>
      {(explanation) =>
        explanation === null ? (
          <Empty>{t.nothing}</Empty>
        ) : (
          <Stack spacing={2}>
            <Typography lang="en">{explanation.why}</Typography>
            {explanation.override && (
              <Typography variant="body2">
                {t.override} <q>{explanation.override.reason}</q>
              </Typography>
            )}
            {explanation.candidates.map((candidate, index) => (
              <OneCandidate key={index} candidate={candidate} />
            ))}
            {explanation.next_check_time && (
              <Typography variant="body2" color="text.secondary">
                {t.nextCheck} <RelativeTime time={explanation.next_check_time} />
              </Typography>
            )}
          </Stack>
        )
      }
    </Loaded>
  );
}

function OneCandidate({ candidate }: { candidate: Candidate }) {
  const t = useTexts(whyTexts);
  const format = useFormat();
  const { evidence } = candidate;
  return (
    <Box>
      <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
        <Typography sx={{ fontWeight: 600 }}>{evidence ? providerName(evidence.provider) : "?"}</Typography>
        <Chip
          size="small"
          label={t[candidate.status]}
          color={candidate.status === "CANDIDATE_STATUS_CHOSEN" || candidate.status === "CANDIDATE_STATUS_LOCKED" ? "success" : "default"}
        />
        {evidence && <Typography variant="body2">{t.confidence(format.percent(evidence.confidence))}</Typography>}
      </Stack>
      <Typography variant="body2" sx={{ overflowWrap: "anywhere" }}>
        {shown(candidate.value)}
      </Typography>
      {evidence && (
        <Typography variant="body2" color="text.secondary" component="div">
          {evidence.matched_on.length > 0 && <div lang="en">{evidence.matched_on.join(", ")}</div>}
          <RelativeTime time={evidence.retrieved_at} />
          {evidence.source_url && (
            <>
              {" · "}
              <Outside href={evidence.source_url}>{t.source}</Outside>
            </>
          )}
        </Typography>
      )}
    </Box>
  );
}

const LONGEST = 240;

/** A value in the shape of its field, as short text. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : Array.isArray(value) ? value.map(shown).join(", ") : nameOf(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function nameOf(value: unknown): string {
  if (typeof value === "object" && value !== null && "name" in value && typeof value.name === "string") return value.name;
  return value === undefined ? "" : JSON.stringify(value);
}
