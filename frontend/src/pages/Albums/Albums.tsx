import { useTexts } from "@/i18n/LanguageProvider";
import { Page } from "@/shared/Page";
import { shellTexts } from "@/shell/shellTexts";

export default function Albums() {
  const t = useTexts(shellTexts);
  return <Page title={t.albums}>{null}</Page>;
}
