// Where can one go from everywhere?
import {
  mdiAccountMusic,
  mdiAlbum,
  mdiChartBar,
  mdiClockOutline,
  mdiCogOutline,
  mdiHeartPulse,
  mdiHistory,
  mdiImageMultipleOutline,
} from "@mdi/js";

export const DESTINATIONS = [
  { name: "journal", path: "/journal", icon: mdiHistory },
  { name: "timeline", path: "/timeline", icon: mdiClockOutline },
  { name: "analytics", path: "/analytics", icon: mdiChartBar },
  { name: "artists", path: "/artists", icon: mdiAccountMusic },
  { name: "albums", path: "/albums", icon: mdiAlbum },
  { name: "covers", path: "/covers", icon: mdiImageMultipleOutline },
  { name: "health", path: "/health", icon: mdiHeartPulse },
  { name: "settings", path: "/settings", icon: mdiCogOutline },
] as const;

/** Those a thumb reaches on a phone; the rest are behind "More". */
export const AT_HAND = ["journal", "timeline", "artists", "albums"] as const;

/** The destination an address is part of: an artist's page is part of the artists'. */
export function destinationOf(pathname: string) {
  return DESTINATIONS.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`)) ?? null;
}
