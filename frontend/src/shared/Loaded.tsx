// What stands in the place of what was asked for: a shape while it comes, words when it is empty or cannot be had, and then itself?
import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { texts } from "@/i18n/texts";

import { Trouble } from "./Trouble";

const loadedTexts = texts({ loading: "Loading …" }, { loading: "Chargement…" });

interface LoadedProps<Data> {
  query: UseQueryResult<Data>;
  /** What is shown of it. What was loaded before is shown even when it cannot be had again. */
  children: (data: Data) => ReactNode;
  /** Said instead when `isEmpty`. */
  empty?: ReactNode;
  isEmpty?: (data: Data) => boolean;
  /** The shape that stands there meanwhile; a few bars when unset. */
  skeleton?: ReactNode;
}

export function Loaded<Data>({ query, children, empty, isEmpty, skeleton }: LoadedProps<Data>) {
  if (query.data !== undefined) {
    return isEmpty?.(query.data) ? <Empty>{empty}</Empty> : <>{children(query.data)}</>;
  }
  if (query.error) return <Trouble error={query.error} retry={() => void query.refetch()} />;
  return <Loading>{skeleton}</Loading>;
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <Typography color="text.secondary" sx={{ py: 4, textAlign: "center" }}>
      {children}
    </Typography>
  );
}

export function Loading({ children }: { children?: ReactNode }) {
  const t = useTexts(loadedTexts);
  return (
    <Stack role="status" aria-label={t.loading} spacing={1}>
      {children ?? (
        <>
          <Skeleton variant="rounded" height={28} width="60%" />
          <Skeleton variant="rounded" height={72} />
          <Skeleton variant="rounded" height={72} />
        </>
      )}
    </Stack>
  );
}
