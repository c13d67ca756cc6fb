import { useTexts } from "@/i18n/LanguageProvider";
import { Page } from "@/shared/Page";
import { shellTexts } from "@/shell/shellTexts";

export default function Analytics() {
  const t = useTexts(shellTexts);
  return <Page title={t.analytics}>{null}</Page>;
}
