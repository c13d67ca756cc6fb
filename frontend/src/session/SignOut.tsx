// How does a person leave, where there is a session to end? The browser forgets the cookie, and the app what it was told.
import { mdiLogout } from "@mdi/js";
import IconButton from "@mui/material/IconButton";
import Typography from "@mui/material/Typography";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";

import { sessions, useSession } from "./session";
import { sessionTexts } from "./texts";

export function SignOut() {
  const t = useTexts(sessionTexts);
  const client = useQueryClient();
  const { canEnd } = useSession();
  const leaving = useMutation({
    mutationFn: () => ask(api.DELETE("/api/v1/auth/session")),
    onSuccess: () => {
      sessions.leave();
      client.clear();
    },
  });
  if (!canEnd) return null;
  return (
    <>
      {leaving.isError && (
        <Typography role="alert" variant="body2" color="error">
          {t.stillIn}
        </Typography>
      )}
      <IconButton
        color="inherit"
        aria-label={t.signOut}
        title={t.signOut}
        aria-disabled={leaving.isPending || undefined}
        onClick={() => !leaving.isPending && leaving.mutate()}
      >
        <Icon path={mdiLogout} />
      </IconButton>
    </>
  );
}
