import { useTexts } from "@/i18n/LanguageProvider";
import { Page } from "@/shared/Page";
import { shellTexts } from "@/shell/shellTexts";

export default function Settings() {
  const t = useTexts(shellTexts);
  return <Page title={t.settings}>{null}</Page>;
}
