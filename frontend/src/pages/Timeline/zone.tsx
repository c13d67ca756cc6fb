// By which clock are days and hours told? By that of whoever looks, as in the journal, or by the listener's own, if the address says so.
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useMemo } from "react";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { texts } from "@/i18n/texts";
import { useFormat } from "@/i18n/useFormat";

import { searchNow } from "./searching";

const zoneTexts = texts(
  {
    told: (zone: string) => `Time zone: ${zone}`,
    here: (zone: string) => `Switch to ${zone}`,
    own: "Switch to the listener’s own",
  },
  {
    told: (zone) => `Fuseau horaire\u00a0: ${zone}`,
    here: (zone) => `Passer à ${zone}`,
    own: "Passer à celui de l’auditeur",
  },
);

const NAME = "zone";
const OF_LISTENER = "listener";

function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function useIsOfListener(): boolean {
  return useSearchParams()[0].get(NAME) === OF_LISTENER;
}

/** What the API is asked with: nothing stands for the listener's own. */
export function useZone(): { time_zone?: string } {
  const isOfListener = useIsOfListener();
  return useMemo(() => (isOfListener ? {} : { time_zone: zoneHere() }), [isOfListener]);
}

/** The address of another page, or of this one, by the same clock. */
export function useAddress(): (path: string, search?: Record<string, string>) => string {
  const isOfListener = useIsOfListener();
  return (path, search = {}) => {
    const asked = new URLSearchParams({ ...search, ...(isOfListener ? { [NAME]: OF_LISTENER } : {}) });
    return asked.size > 0 ? `${path}?${asked.toString()}` : path;
  };
}

/** `zone` is the one that was told by. */
export function ZoneLine({ zone }: { zone: string }) {
  const t = useTexts(zoneTexts);
  const isOfListener = useIsOfListener();
  const [, setSearch] = useSearchParams();
  const change = () => {
    const after = searchNow();
    if (isOfListener) after.delete(NAME);
    else after.set(NAME, OF_LISTENER);
    setSearch(after, { preventScrollReset: true });
  };
  return (
    <Typography variant="body2" color="text.secondary" component="div" sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1 }}>
      {t.told(zone)}
      <Button size="small" onClick={change} sx={{ minHeight: 40 }}>
        {isOfListener ? t.here(zoneHere()) : t.own}
      </Button>
    </Typography>
  );
}

/** Writes a moment as the clock of a zone shows it: "14:05". */
export function useClockOf(zone: string): (time: string | Date) => string {
  const { locale } = useFormat();
  const format = useMemo(() => inZone(locale, { timeStyle: "short" }, zone), [locale, zone]);
  return (time) => format.format(new Date(time));
}

/** The day of a moment by the clock of a zone, as 2026-11-26. */
export function dayIn(zone: string, time: string): string {
  // Canada writes days as addresses do.
  return inZone("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" }, zone).format(new Date(time));
}

/** Servers may know zones that a browser does not: then by the clock here. */
function inZone(locale: string, style: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...style, timeZone });
  } catch {
    return new Intl.DateTimeFormat(locale, style);
  }
}
