// What can be started, stopped and brought in here, and who can be asked?
import Stack from "@mui/material/Stack";

import { useTexts } from "@/i18n/LanguageProvider";
import { Page } from "@/shared/Page";

import { ImportsCard } from "./ImportsCard";
import { ProvidersCard } from "./ProvidersCard";
import { settingsTexts } from "./texts";
import { TrackerCard } from "./TrackerCard";

export default function Settings() {
  const t = useTexts(settingsTexts);
  return (
    <Page title={t.title}>
      <Stack spacing={3}>
        <TrackerCard />
        <ImportsCard />
        <ProvidersCard />
      </Stack>
    </Page>
  );
}
