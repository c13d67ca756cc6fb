// What was played, newest first? All of it, however much, and what comes while one looks.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { PagedList } from "@/lists/PagedList";
import { usePages } from "@/lists/usePages";
import { Empty, Loaded } from "@/shared/Loaded";
import { Page } from "@/shared/Page";
import { useTracker, type Play } from "@/tracker/useTracker";

import { exportAddress, fetchNew, fetchPlays, filtersOf, findNewest, type Filters } from "./asking";
import { FilterBar } from "./FilterBar";
import { NowPlayingCard } from "./NowPlayingCard";
import { PlayRow } from "./PlayRow";
import { journalTexts } from "./texts";

export default function Journal() {
  const t = useTexts(journalTexts);
  const queries = useQueryClient();
  const [search] = useSearchParams();
  const filters = filtersOf(search);
  const [isChanged, setChanged] = useState(false);
  const key = ["plays", "newest", filters];
  // Asked for once: what is newer than this is new, for as long as one stays.
  const newest = useQuery({ queryKey: key, queryFn: ({ signal }) => findNewest(filters, signal), staleTime: Infinity, gcTime: 0 });
  const { nowPlaying } = useTracker((play) => {
    if (newest.data && play.play_time && play.play_time <= newest.data) setChanged(true);
    void queries.invalidateQueries({ queryKey: ["plays", "new"] });
  });
  const showAll = () => {
    setChanged(false);
    void queries.invalidateQueries({ queryKey: ["plays"] });
  };
  return (
    <Page
      title={t.title}
      actions={
        <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
          <Button href={exportAddress("csv", filters)} size="small" variant="outlined" {...{ download: true }}>
            {t.exportCsv}
          </Button>
          <Button href={exportAddress("jsonl", filters)} size="small" variant="outlined" {...{ download: true }}>
            {t.exportJson}
          </Button>
        </Stack>
      }
    >
      <FilterBar filters={filters} />
      {nowPlaying && <NowPlayingCard playing={nowPlaying} />}
      <Box role="status">
        {isChanged && (
          <Alert severity="info" sx={{ mb: 2 }} action={<Button onClick={showAll}>{t.show}</Button>}>
            {t.changed}
          </Alert>
        )}
      </Box>
      <Loaded query={newest}>{(time) => <Plays filters={filters} newest={time} />}</Loaded>
    </Page>
  );
}

interface PlaysProps {
  filters: Filters;
  newest: string | null;
}

function Plays({ filters, newest }: PlaysProps) {
  const t = useTexts(journalTexts);
  const queries = useQueryClient();
  const added = useQuery({
    queryKey: ["plays", "new", filters, newest],
    queryFn: async ({ signal }) => {
      const plays = await fetchNew(filters, newest, signal);
      // Too many, as after an import: the list itself begins anew with the newest of them.
      if (!plays) void queries.invalidateQueries({ queryKey: ["plays", "newest"] });
      return plays;
    },
    enabled: !filters.to || newest === null,
  });
  const fresh = added.data ?? [];
  const isFiltered = Object.values(filters).some((value) => value !== "");
  const nothing = isFiltered ? (
    t.nothingFound
  ) : (
    <>
      {t.nothing}
      <br />
      <Button href="/settings">{t.toSettings}</Button>
    </>
  );
  return (
    <>
      {fresh.length > 0 && (
        <Box role="list" aria-label={t.arrived(fresh.length)}>
          {fresh.map((play, index) => (
            <Box role="listitem" key={`${play.uts}|${play.artist}|${play.track}`}>
              <PlayRow play={play} before={fresh[index - 1] ?? null} isFirst={index === 0} />
            </Box>
          ))}
        </Box>
      )}
      {newest === null
        ? added.data?.length === 0 && <Empty>{nothing}</Empty>
        : <Older filters={filters} newest={newest} above={fresh.at(-1) ?? null} nothing={nothing} />}
    </>
  );
}

interface OlderProps {
  filters: Filters;
  newest: string;
  above: Play | null;
  nothing: React.ReactNode;
}

function Older({ filters, newest, above, nothing }: OlderProps) {
  const t = useTexts(journalTexts);
  const pages = usePages(["plays", "older", filters, newest], (token, signal) => fetchPlays(filters, newest, token, signal));
  return (
    <PagedList pages={pages} label={t.list} empty={nothing} rowHeight={72}>
      {(play, index, before) => (
        <PlayRow play={play} before={index === 0 ? above : before} isFirst={index === 0 && above === null} />
      )}
    </PagedList>
  );
}
