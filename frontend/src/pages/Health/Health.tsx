// Is everything well? In one sentence first; then the services, what was given up, and how the providers do.
import { useTexts } from "@/i18n/LanguageProvider";
import { Page } from "@/shared/Page";

import { GivenUp } from "./GivenUp";
import { Providers } from "./Providers";
import { Services } from "./Services";
import { healthTexts } from "./texts";
import { Verdict } from "./Verdict";

export default function Health() {
  const t = useTexts(healthTexts);
  return (
    <Page title={t.title}>
      <Verdict />
      <Services />
      <GivenUp />
      <Providers />
    </Page>
  );
}
