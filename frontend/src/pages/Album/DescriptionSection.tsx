// What was written about the album, by which model, and from which facts?
import { mdiChevronDown } from "@mdi/js";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { Section } from "@/facts/Section";
import { Words } from "@/facts/Words";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { Empty } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";

import { albumTexts } from "./texts";
import { WhyField } from "./WhyField";

type Description = Of<"album">["Description"];

export function DescriptionSection({ id, description }: { id: string; description: Description | null }) {
  const t = useTexts(albumTexts);
  return (
    <Section title={t.description} why={<WhyField id={id} field="description" />}>
      {description ? <Written description={description} /> : <Empty>{t.noDescription}</Empty>}
    </Section>
  );
}

function Written({ description }: { description: Description }) {
  const t = useTexts(albumTexts);
  return (
    <>
      <Words language={description.language} summary="" content={description.content} licence="" url="" />
      {description.model && (
        <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
          {t.written} <RelativeTime time={description.write_time} /> {t.byModel(description.model, description.prompt_version)}
        </Typography>
      )}
      {description.facts.length > 0 && (
        <Accordion variant="outlined" disableGutters sx={{ mt: 2 }} slotProps={{ heading: { component: "h3" } }}>
          <AccordionSummary expandIcon={<Icon path={mdiChevronDown} />}>{t.facts(description.facts.length)}</AccordionSummary>
          <AccordionDetails>
            <Box component="ul" lang="en" sx={{ m: 0, pl: 2.5, overflowWrap: "anywhere" }}>
              {description.facts.map((fact) => (
                <li key={fact}>{fact}</li>
              ))}
            </Box>
          </AccordionDetails>
        </Accordion>
      )}
    </>
  );
}
