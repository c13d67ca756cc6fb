// How does one get from day to day? One back, one on, to any by its date, and back to today.
import { mdiChevronLeft, mdiChevronRight } from "@mdi/js";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import { useNavigate } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { searchNow } from "@/shared/searching";
import { DayField } from "@/time/DayField";
import { addDays, FIRST_DAY, isDay } from "@/time/days";
import { useAddress } from "@/time/zone";

import { timelineTexts } from "./texts";

interface DayBarProps {
  /** The day that is shown, as 2026-11-26; empty until it is known. */
  day: string;
  today: string | undefined;
}

export function DayBar({ day, today }: DayBarProps) {
  const t = useTexts(timelineTexts);
  const navigate = useNavigate();
  const address = useAddress();
  const go = (to: string, replace = false) =>
    void navigate(address("/timeline", to === today ? {} : { date: to }), { preventScrollReset: true, replace });
  // From the day in the address: the page may still show the one before it.
  const step = (days: number) => {
    const asked = searchNow().get("date") ?? "";
    go(addDays(isDay(asked) ? asked : day, days));
  };
  const isFirst = day <= FIRST_DAY;
  const isLast = !day || (today !== undefined && day >= today);
  return (
    <Box role="group" aria-label={t.days} sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1 }}>
      <IconButton aria-label={t.before} disabled={isFirst} onClick={() => step(-1)}>
        <Icon path={mdiChevronLeft} />
      </IconButton>
      <DayField label={t.day} value={day} max={today} onChange={(typed) => go(typed, true)} />
      <IconButton aria-label={t.after} disabled={isLast} onClick={() => step(1)}>
        <Icon path={mdiChevronRight} />
      </IconButton>
      <Button variant="outlined" disabled={!today || day === today} onClick={() => today && go(today)}>
        {t.today}
      </Button>
    </Box>
  );
}
