// When was it heard last? A few plays, and the way to all of them.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery, type QueryKey } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { CoverImage } from "@/covers/CoverImage";
import { Loaded } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";

import { Section } from "./Section";

interface LatestPlaysProps {
  thing: QueryKey;
  filter: { artist: string } | { album: string };
  /** Address of all of them. */
  journal: string;
  title: string;
  empty: string;
  all: string;
}

const SHOWN = 5;

export function LatestPlays({ thing, filter, journal, title, empty, all }: LatestPlaysProps) {
  const query = useQuery({
    queryKey: [...thing, "plays"],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/plays", { params: { query: { ...filter, page_size: SHOWN } }, signal }))).plays,
  });
  return (
    <Section
      title={title}
      actions={
        query.data &&
        query.data.length > 0 && (
          <Button href={journal}>{all}</Button>
        )
      }
    >
      <Loaded query={query} isEmpty={(plays) => plays.length === 0} empty={empty}>
        {(plays) => (
          <Stack component="ul" spacing={1} sx={{ m: 0, p: 0, listStyle: "none" }}>
            {plays.map((play) => (
              <Box component="li" key={`${play.uts} ${play.track}`} sx={{ display: "flex", gap: 1.5, alignItems: "center" }}>
                <CoverImage kind="albums" id={play.album_id} name={play.album || play.artist} size={40} />
                <Box sx={{ minWidth: 0 }}>
                  <Typography noWrap title={play.track}>
                    {play.track}
                  </Typography>
                  <Typography variant="body2" color="text.secondary" noWrap>
                    <RelativeTime time={play.play_time} />
                  </Typography>
                </Box>
              </Box>
            ))}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}
