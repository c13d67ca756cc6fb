// Who looks after the artist, and who did before?
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { factsTexts } from "@/facts/factsTexts";
import { Outside } from "@/shared/Outside";
import { partialDate } from "@/facts/partialDate";
import { providerName } from "@/facts/providers";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Empty } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";

import { artistTexts } from "./texts";
import { WhyField } from "./WhyField";

type Known = Of<"artist">["ArtistManagement"];

export function Management({ id, management }: { id: string; management: Known | null }) {
  const t = useTexts(artistTexts);
  const facts = useTexts(factsTexts);
  const format = useFormat();
  return (
    <Section title={t.management} why={<WhyField id={id} field="management" />}>
      {management ? (
        <>
          <Stack component="ul" spacing={1} sx={{ m: 0, p: 0, listStyle: "none" }}>
            {management.managers.map((manager) => (
              <OneManager key={`${manager.role} ${manager.name} ${manager.start_date}`} manager={manager} />
            ))}
          </Stack>
          <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
            {providerName(management.provider)} · {t.sure(format.percent(management.confidence))} · {facts.checked.toLowerCase()}{" "}
            <RelativeTime time={management.retrieved_at} />
          </Typography>
        </>
      ) : (
        <Empty>{t.noManagement}</Empty>
      )}
    </Section>
  );
}

function OneManager({ manager }: { manager: Known["managers"][number] }) {
  const t = useTexts(artistTexts);
  const format = useFormat();
  const [start, end] = [manager.start_date, manager.end_date].map((date) => (date ? partialDate(format, date) : null));
  const when = end ? t.until(start ?? "?", end) : start && t.from(start);
  const role = manager.role === "representation" ? t.representation : t.manager;
  return (
    <Box component="li">
      <Outside href={manager.url}>{manager.name}</Outside>
      <Typography variant="body2" color="text.secondary">
        {[role, when, manager.references > 0 && t.references(manager.references)].filter(Boolean).join(" · ")}
      </Typography>
    </Box>
  );
}
