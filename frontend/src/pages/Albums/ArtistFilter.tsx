// Whose albums? A field that finds artists as one types their names.
import Autocomplete from "@mui/material/Autocomplete";
import TextField from "@mui/material/TextField";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask, type Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { useTypingPause } from "@/shared/useTypingPause";

import { albumsTexts } from "./texts";

type Artist = Pick<Of<"artist">["Artist"], "id" | "name">;

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
  // One that is gone, or cannot be had now, can still be cleared.
  const unnamed = artist !== "" && chosen.isError ? { id: artist, name: artist } : null;
  const value: Artist | null = artist === "" ? null : (chosen.data ?? unnamed);
  const isTyping = typed !== "" && typed !== value?.name;
  const [sought, setSought] = useState("");
  useTypingPause(typed, () => setSought(typed));
  const found = useQuery({
    queryKey: ["artist", "found", sought],
    queryFn: async ({ signal }) =>
      (await ask(api.GET("/api/v1/artists", { params: { query: { name_prefix: sought, page_size: SHOWN } }, signal }))).artists,
    enabled: isTyping && sought !== "",
    placeholderData: (before) => before,
  });
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
      loading={isTyping && (sought !== typed || found.isPending)}
      loadingText={t.loading}
      noOptionsText={!isTyping ? t.artistHint : found.isError ? t.noAnswer : t.noArtist}
      clearText={t.clear}
      openText={t.open}
      closeText={t.close}
      sx={{ flex: "1 1 220px", maxWidth: { sm: 340 } }}
      renderInput={(params) => <TextField {...params} label={t.artist} />}
    />
  );
}
