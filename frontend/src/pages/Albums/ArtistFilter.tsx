// Whose albums? A field that finds artists as one types their names.
import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";

import { albumsTexts } from "./texts";

type Artist = Of<"artist">["Artist"];

interface ArtistFilterProps {
  /** Our id; empty for all artists. */
  artist: string;
  onChoose: (artist: string) => void;
}

const SHOWN = 20;

export function ArtistFilter({ artist, onChoose }: ArtistFilterProps) {
  const t = useTexts(albumsTexts);
  const [typed, setTyped] = useState("");
  const chosen = useQuery({
    queryKey: ["artist", artist, "plain"],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/artists/{artist}", { params: { path: { artist } }, signal })),
    enabled: artist !== "",
  });
  const isTyping = typed !== "" && typed !== chosen.data?.name;
  const found = useQuery({
    queryKey: ["artist", "found", typed],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/artists", { params: { query: { name_prefix: typed, page_size: SHOWN } }, signal }))).artists,
    enabled: isTyping,
    placeholderData: (before) => before,
  });
  const value: Artist | null = artist !== "" && chosen.data ? chosen.data : null;
  return (
    <Autocomplete
      size="small"
      value={value}
      options={isTyping ? (found.data ?? []) : value ? [value] : []}
      // The gateway has sifted them: accents and case do not matter to it.
      filterOptions={(options) => options}
      getOptionLabel={(option) => option.name}
      getOptionKey={(option) => option.id}
      isOptionEqualToValue={(option, other) => option.id === other.id}
      onChange={(_, option) => onChoose(option?.id ?? "")}
      onInputChange={(_, words) => setTyped(words)}
      loading={isTyping && found.isPending}
      loadingText={t.loading}
      noOptionsText={isTyping ? t.noArtist : t.artistHint}
      clearText={t.clear}
      openText={t.open}
      closeText={t.close}
      sx={{ flex: "1 1 220px", maxWidth: { sm: 340 } }}
      renderInput={(params) => <TextField {...params} label={t.artist} />}
    />
  );
}
