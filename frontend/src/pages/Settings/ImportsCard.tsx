// Which histories were brought in, which one is coming in, and how is another one asked for?
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { Loaded } from "@/shared/Loaded";

import { ImportDialog } from "./ImportDialog";
import { ImportProgress } from "./ImportProgress";
import { hasEnded, useImports, type Import } from "./imports";
import { PastImport } from "./PastImport";
import { Section } from "./Section";
import { settingsTexts } from "./texts";

export function ImportsCard() {
  const t = useTexts(settingsTexts);
  const [isOpen, setOpen] = useState(false);
  const imports = useImports();
  return (
    <Section
      title={t.imports}
      aside={
        <Button variant="contained" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          {t.importHistory}
        </Button>
      }
    >
      <Loaded query={imports} isEmpty={(all) => all.length === 0} empty={t.noImports}>
        {(all) => <Imports all={all} />}
      </Loaded>
      {isOpen && <ImportDialog onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Imports({ all }: { all: Import[] }) {
  const t = useTexts(settingsTexts);
  const going = all.filter((each) => !hasEnded(each));
  const past = all.filter(hasEnded);
  const watched = movingOf(going);
  return (
    <Stack spacing={3}>
      {going.map((each) => (
        <ImportProgress key={each.id} one={each} isWatched={each.id === watched?.id} />
      ))}
      {past.length > 0 && (
        <div>
          <Typography variant="h6" component="h3" gutterBottom>
            {t.pastImports}
          </Typography>
          {past.map((each) => (
            <PastImport key={each.id} one={each} />
          ))}
        </div>
      )}
    </Stack>
  );
}

/** The one that moves, since they run one after another, the oldest first. One that is paused or waits for its source holds up nobody. */
function movingOf(going: Import[]): Import | undefined {
  const running = going.filter(({ state }) => state === "IMPORT_STATE_RUNNING");
  return (
    running.findLast(({ retry_time }) => !retry_time) ??
    running.at(-1) ??
    going.findLast(({ state }) => state === "IMPORT_STATE_PENDING") ??
    going.at(-1)
  );
}
