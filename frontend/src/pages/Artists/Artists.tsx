import { useTexts } from "@/i18n/LanguageProvider";
import { Page } from "@/shared/Page";
import { shellTexts } from "@/shell/shellTexts";

export default function Artists() {
  const t = useTexts(shellTexts);
  return <Page title={t.artists}>{null}</Page>;
}
