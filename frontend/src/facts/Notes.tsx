// What is missing, and why? In the words of whoever looked for it.
import { mdiCheckCircleOutline, mdiClockOutline, mdiCloudOffOutline, mdiHelpCircleOutline, mdiMinusCircleOutline, mdiPowerPlugOffOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { RelativeTime } from "@/shared/RelativeTime";

import { factsTexts } from "./factsTexts";
import { providerName } from "./providers";

/** Artists and albums agree in them. */
type Note = Of<"artist">["Note"] | Of<"facts">["Note"];

const ICONS: Record<Note["reason"], string> = {
  NOTE_REASON_UNSPECIFIED: mdiHelpCircleOutline,
  NOTE_REASON_ABSENT: mdiMinusCircleOutline,
  NOTE_REASON_FAULT: mdiCloudOffOutline,
  NOTE_REASON_DEFERRED: mdiClockOutline,
  NOTE_REASON_OFF: mdiPowerPlugOffOutline,
  NOTE_REASON_AMBIGUOUS: mdiHelpCircleOutline,
};

export function Notes({ notes }: { notes: Note[] }) {
  const t = useTexts(factsTexts);
  if (notes.length === 0) {
    return (
      <Stack direction="row" spacing={1} sx={{ alignItems: "center", color: "text.secondary" }}>
        <Icon path={mdiCheckCircleOutline} fontSize="small" />
        <span>{t.nothingMissing}</span>
      </Stack>
    );
  }
  return (
    <Stack component="ul" spacing={1.5} sx={{ m: 0, p: 0, listStyle: "none" }}>
      {notes.map((note, index) => (
        <Box component="li" key={index} sx={{ display: "flex", gap: 1 }}>
          <Icon path={ICONS[note.reason]} fontSize="small" sx={{ color: "text.secondary", mt: 0.25 }} />
          <Typography variant="body2" component="div" sx={{ minWidth: 0, overflowWrap: "anywhere" }}>
            <strong>{providerName(note.provider)}</strong> · {t[note.reason]}
            <div lang="en">{note.message}</div>
            {note.retry_time && (
              <Box sx={{ color: "text.secondary" }}>
                {t.askedAgain} <RelativeTime time={note.retry_time} />
              </Box>
            )}
          </Typography>
        </Box>
      ))}
    </Stack>
  );
}
