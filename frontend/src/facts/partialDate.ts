// How is a date written of which perhaps only the year is known?
import { localDay, type Format } from "@/i18n/useFormat";

/** 2019, 2019-01 or 2019-01-25; anything else as it is. */
export function partialDate(format: Format, date: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(date)) return format.date(localDay(date));
  if (/^\d{4}-\d{2}$/.test(date)) {
    return new Intl.DateTimeFormat(format.locale, { month: "short", year: "numeric" }).format(localDay(`${date}-01`));
  }
  return date;
}
