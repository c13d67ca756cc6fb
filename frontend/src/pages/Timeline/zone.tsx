// By which clock are days and hours told? By the listener's own, which SoniqueBay knows, or by that of whoever looks; the address says which.
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useMemo } from "react";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { texts } from "@/i18n/texts";
import { useFormat } from "@/i18n/useFormat";

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

/** What the API is asked with: nothing stands for the listener's own. */
export function useZone(): { time_zone?: string } {
  const zone = useSearchParams()[0].get(NAME);
  return useMemo(() => (zone ? { time_zone: zone } : {}), [zone]);
}

/** The address of another page, or of this one, by the same clock. */
export function useAddress(): (path: string, search?: Record<string, string>) => string {
  const zone = useSearchParams()[0].get(NAME);
  return (path, search = {}) => {
    const asked = new URLSearchParams({ ...search, ...(zone ? { [NAME]: zone } : {}) });
    return asked.size > 0 ? `${path}?${asked.toString()}` : path;
  };
}

/** `zone` is the one that was told by. */
export function ZoneLine({ zone }: { zone: string }) {
  const t = useTexts(zoneTexts);
  const [search, setSearch] = useSearchParams();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isChosen = search.has(NAME);
  const change = () => {
    const after = new URLSearchParams(search);
    if (isChosen) after.delete(NAME);
    else after.set(NAME, here);
    setSearch(after, { preventScrollReset: true });
  };
  return (
    <Typography variant="body2" color="text.secondary" component="div" sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1 }}>
      {t.told(zone)}
      {(isChosen || zone !== here) && (
        <Button size="small" onClick={change} sx={{ minHeight: 40 }}>
          {isChosen ? t.own : t.here(here)}
        </Button>
      )}
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
