// What has an import counted, and what is it called?
import Chip from "@mui/material/Chip";

import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Facts } from "@/shared/Facts";

import type { Import } from "./imports";
import { settingsTexts } from "./texts";

export function ImportFacts({ one }: { one: Import }) {
  const t = useTexts(settingsTexts);
  const format = useFormat();
  const { counts } = one;
  if (!counts) return null;
  const some = (count: number) => (count > 0 ? format.number(count) : null);
  return (
    <Facts
      facts={[
        [one.dry_run ? t.wouldImport : t.imported, format.number(counts.imported)],
        [t.known, some(counts.known)],
        [t.edited, some(counts.edited)],
        [t.removed, some(counts.removed)],
        [t.quarantined, some(counts.quarantined)],
        [t.holes, some(one.holes.length)],
        [t.requests, some(counts.requests)],
        [t.newAlbums, some(counts.new_albums)],
        [t.albumsEnriched, counts.albums_to_enrich > 0 ? `${format.number(counts.albums_enriched)} / ${format.number(counts.albums_to_enrich)}` : null],
        [t.from, one.from_time ? format.date(one.from_time) : null],
        [t.to, one.to_time ? format.date(lastBefore(one.to_time)) : null],
        [t.reached, one.reached_time ? format.date(one.reached_time) : null],
      ]}
    />
  );
}

/** The end itself is left out: the next midnight is not yet the next day. */
function lastBefore(end: string): Date {
  return new Date(new Date(end).getTime() - 1000);
}

export function StateChip({ one }: { one: Import }) {
  const t = useTexts(settingsTexts);
  const colours = {
    IMPORT_STATE_UNSPECIFIED: "default",
    IMPORT_STATE_PENDING: "default",
    IMPORT_STATE_RUNNING: "primary",
    IMPORT_STATE_PAUSED: "warning",
    IMPORT_STATE_SUCCEEDED: one.holes.length > 0 ? "warning" : "success",
    IMPORT_STATE_FAILED: "error",
    IMPORT_STATE_CANCELLED: "default",
  } as const;
  return <Chip size="small" color={one.is_undone ? "default" : colours[one.state]} label={one.is_undone ? t.undone : t[one.state]} />;
}

export function titleOf(one: Import, t: (typeof settingsTexts)["en"]): string {
  const name = [one.source, one.account].filter(Boolean).join(" · ");
  return one.dry_run ? t.dryRunOf(name) : name;
}
