// The button that has providers asked: to find out anything at all, or what has changed.
import { mdiRefresh } from "@mdi/js";

import { useTexts } from "@/i18n/LanguageProvider";
import { BusyButton } from "@/shared/BusyButton";
import { Icon } from "@/shared/Icon";

import { factsTexts } from "./factsTexts";

interface RefreshButtonProps {
  /** Whether providers have told anything yet. */
  isKnown: boolean;
  isPending: boolean;
  onRefresh: () => void;
}

export function RefreshButton({ isKnown, isPending, onRefresh }: RefreshButtonProps) {
  const t = useTexts(factsTexts);
  return (
    <BusyButton variant={isKnown ? "outlined" : "contained"} startIcon={<Icon path={mdiRefresh} />} isBusy={isPending} onClick={onRefresh}>
      {isKnown ? t.refresh : t.findOut}
    </BusyButton>
  );
}
