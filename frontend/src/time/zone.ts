// By which clock are days and hours told? By that of whoever looks, as in the journal, or by the listener's own, if the address says so.
import { useMemo } from "react";
import { useSearchParams } from "react-router";

import { useFormat } from "@/i18n/useFormat";
import { searchNow } from "@/shared/searching";

const NAME = "zone";
const OF_LISTENER = "listener";

export function zoneHere(): string {
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

/** Which of the two it is, and how the other is gone to. */
export function useZoneChoice(): { isOfListener: boolean; change: () => void } {
  const isOfListener = useIsOfListener();
  const [, setSearch] = useSearchParams();
  const change = () => {
    const after = searchNow();
    if (isOfListener) after.delete(NAME);
    else after.set(NAME, OF_LISTENER);
    setSearch(after, { preventScrollReset: true });
  };
  return { isOfListener, change };
}

/** Whether days that were told by a zone are days by the clock here, as the journal counts them. */
export function useIsClockHere(zone: string): boolean {
  return !useIsOfListener() || zone === zoneHere();
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
