// What is shown when a page fails while it is drawn, or when its code cannot be loaded any more?
import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Button from "@mui/material/Button";

import { useTexts } from "@/i18n/LanguageProvider";
import { Page } from "@/shared/Page";

import { shellTexts } from "./shellTexts";

export function Broken() {
  const t = useTexts(shellTexts);
  return (
    <Alert
      role="alert"
      severity="error"
      sx={{ m: 2 }}
      action={
        <Button color="inherit" onClick={() => window.location.reload()}>
          {t.reload}
        </Button>
      }
    >
      <AlertTitle>{t.broken}</AlertTitle>
      {t.brokenWords}
    </Alert>
  );
}

export function Lost() {
  const t = useTexts(shellTexts);
  return (
    <Page title={t.lost}>
      <p>{t.lostWords}</p>
      <Button href="/journal" variant="contained">
        {t.home}
      </Button>
    </Page>
  );
}
