// How did an import end, what happened during it, and what can still be done about it?
import { mdiChevronDown } from "@mdi/js";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { BusyButton } from "@/shared/BusyButton";
import { ConfirmButton } from "@/shared/ConfirmButton";
import { Icon } from "@/shared/Icon";
import { RelativeTime } from "@/shared/RelativeTime";
import { Trouble } from "@/shared/Trouble";

import { ImportFacts, StateChip, titleOf } from "./ImportFacts";
import { ImportLog } from "./ImportLog";
import { useMove, type Import } from "./imports";
import { settingsTexts } from "./texts";

export function PastImport({ one }: { one: Import }) {
  const t = useTexts(settingsTexts);
  const [isOpen, setOpen] = useState(false);
  return (
    <Accordion
      variant="outlined"
      disableGutters
      expanded={isOpen}
      onChange={(_, open) => setOpen(open)}
      slotProps={{ transition: { unmountOnExit: true }, heading: { component: "h4" } }}
    >
      <AccordionSummary expandIcon={<Icon path={mdiChevronDown} />}>
        <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: "center", flexWrap: "wrap" }}>
          <Typography component="span">{titleOf(one, t)}</Typography>
          <StateChip one={one} />
          <Typography component="span" variant="body2" color="text.secondary">
            <RelativeTime time={one.end_time ?? one.create_time} />
          </Typography>
        </Stack>
      </AccordionSummary>
      <AccordionDetails>
        <Stack spacing={2}>
          <Typography lang="en">{one.summary}</Typography>
          {one.error && (
            <Alert severity="error" lang="en">
              {one.error}
            </Alert>
          )}
          <ImportFacts one={one} />
          <Holes one={one} />
          <Aftermath one={one} />
          <ImportLog id={one.id} />
        </Stack>
      </AccordionDetails>
    </Accordion>
  );
}

function Holes({ one }: { one: Import }) {
  const t = useTexts(settingsTexts);
  const format = useFormat();
  if (one.holes.length === 0) return null;
  return (
    <div>
      <Typography variant="subtitle1" component="h5">
        {t.holes}
      </Typography>
      <Box component="ul" sx={{ m: 0, pl: 3 }}>
        {one.holes.map((hole) => (
          <li key={hole.from_time}>
            {hole.from_time && format.moment(hole.from_time)} – {hole.to_time && format.moment(hole.to_time)}{" "}
            <span lang="en">{hole.reason}</span>
          </li>
        ))}
      </Box>
    </div>
  );
}

function Aftermath({ one }: { one: Import }) {
  const t = useTexts(settingsTexts);
  const move = useMove(one.id);
  const canRetry = one.holes.length > 0 || one.state !== "IMPORT_STATE_SUCCEEDED";
  if (one.is_undone) return null;
  return (
    <>
      <Stack direction="row" spacing={1.5}>
        {canRetry && (
          <BusyButton variant="outlined" isBusy={move.isPending} onClick={() => move.mutate("retry")}>
            {t.retryImport}
          </BusyButton>
        )}
        {!one.dry_run && (
          <ConfirmButton
            label={t.undo}
            question={t.undoQuestion}
            color="secondary"
            isBusy={move.isPending}
            onConfirm={() => move.mutate("undo")}
          />
        )}
      </Stack>
      {move.error && <Trouble error={move.error} />}
    </>
  );
}
