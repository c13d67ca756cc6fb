// The button that has providers asked: to find out anything at all, or what has changed.
import { mdiRefresh } from "@mdi/js";
import Button from "@mui/material/Button";

import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";

import { factsTexts } from "./factsTexts";

interface RefreshButtonProps {
  /** Whether providers were ever asked. */
  isAsked: boolean;
  isPending: boolean;
  onRefresh: () => void;
}

export function RefreshButton({ isAsked, isPending, onRefresh }: RefreshButtonProps) {
  const t = useTexts(factsTexts);
  return (
    <Button
      variant={isAsked ? "outlined" : "contained"}
      startIcon={<Icon path={mdiRefresh} />}
      loading={isPending}
      loadingPosition="start"
      onClick={onRefresh}
      sx={{ minHeight: 40 }}
    >
      {isAsked ? t.refresh : t.findOut}
    </Button>
  );
}
