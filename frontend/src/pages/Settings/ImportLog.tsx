// What happened during an import, line by line?
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useInfiniteQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { BusyButton } from "@/shared/BusyButton";
import { Loading } from "@/shared/Loaded";
import { Trouble } from "@/shared/Trouble";

import { settingsTexts } from "./texts";

export function ImportLog({ id }: { id: string }) {
  const t = useTexts(settingsTexts);
  const format = useFormat();
  const log = useInfiniteQuery({
    queryKey: ["imports", id, "log"],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET("/api/v1/imports/{import_id}/log", {
          params: { path: { import_id: id }, query: pageParam ? { page_token: pageParam } : {} },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: ({ next_page_token }) => next_page_token || undefined,
  });
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <div>
      <Typography variant="subtitle1" component="h5">
        {t.log}
      </Typography>
      {log.isPending && <Loading />}
      {log.error && <Trouble error={log.error} retry={() => void log.refetch()} />}
      <Box component="ol" lang="en" sx={{ listStyle: "none", m: 0, p: 0, fontSize: "0.875rem" }}>
        {entries.map((entry, index) => (
          <Box component="li" key={index} sx={{ py: 0.5, overflowWrap: "anywhere" }}>
            {entry.log_time && <time dateTime={entry.log_time}>{format.moment(entry.log_time)}</time>} <strong>{entry.kind}</strong>{" "}
            {entry.message}
            {entry.raw && (
              <Box component="code" sx={{ display: "block", color: "text.secondary" }}>
                {entry.raw}
              </Box>
            )}
          </Box>
        ))}
      </Box>
      {log.hasNextPage && (
        <BusyButton size="small" isBusy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t.moreLog}
        </BusyButton>
      )}
    </div>
  );
}
