// How does one get to an artist that is not here yet? Providers are asked by name or link, and then one is on its page.
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import LinearProgress from "@mui/material/LinearProgress";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useNavigate } from "react-router";

import { api, ask } from "@/api/client";
import { useLanguage, useTexts } from "@/i18n/LanguageProvider";
import { BusyButton } from "@/shared/BusyButton";
import { Trouble } from "@/shared/Trouble";

import { artistsTexts } from "./texts";

export function LookUp({ onClose }: { onClose: () => void }) {
  const t = useTexts(artistsTexts);
  const title = useId();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [words, setWords] = useState("");
  const looking = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/enrichment/artists/enrich", { body: { ...asked(words.trim()), language } })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["artist", "list"] }),
  });
  // Told to this call alone: who has cancelled meanwhile is led nowhere.
  const look = () =>
    looking.mutate(undefined, {
      onSuccess: ({ artist }) => {
        if (artist) void navigate(`/artists/${artist.id}`);
      },
    });
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!looking.isPending) look();
        }}
      >
        <DialogTitle id={title}>{t.add}</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: 2 }}>{t.addWords}</DialogContentText>
          <TextField
            required
            fullWidth
            label={t.nameOrLink}
            value={words}
            onChange={(event) => setWords(event.target.value)}
            slotProps={{ htmlInput: { maxLength: 500, autoComplete: "off" } }}
          />
          {looking.isPending && (
            <Typography component="div" role="status" sx={{ mt: 2 }}>
              {t.asking}
              <LinearProgress aria-label={t.asking} sx={{ mt: 1 }} />
            </Typography>
          )}
          {looking.error && <Trouble error={looking.error} />}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t.cancel}</Button>
          <BusyButton type="submit" variant="contained" isBusy={looking.isPending}>
            {t.lookUp}
          </BusyButton>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function asked(words: string) {
  return /^https?:\/\//i.test(words) ? { spotify_url: words } : { name: words };
}
