// How does a person sign in? By the password; the gateway answers with a cookie, and the page they wanted is shown.
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import CardContent from "@mui/material/CardContent";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, ask } from "@/api/client";
import { Failure } from "@/api/failures";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { BusyButton } from "@/shared/BusyButton";
import { Trouble } from "@/shared/Trouble";
import { TopBar } from "@/shell/TopBar";

import { sessions, useSession } from "./session";
import { sessionTexts } from "./texts";

export default function SignIn({ ranOut }: { ranOut: boolean }) {
  const t = useTexts(sessionTexts);
  const { takesPassword } = useSession();
  useEffect(() => {
    document.title = `${t.title} · SoniqueBay`;
  }, [t.title]);
  return (
    <>
      <TopBar />
      <Box component="main" sx={{ maxWidth: 420, mx: "auto", p: 2, pt: { xs: 4, md: 10 } }}>
        <Card>
          <CardContent component={Stack} spacing={2} sx={{ p: 3 }}>
            <Typography variant="h4" component="h1">
              {t.title}
            </Typography>
            <Typography color="text.secondary">{takesPassword ? (ranOut ? t.ranOut : t.words) : t.elsewhere}</Typography>
            {takesPassword && <PasswordForm />}
          </CardContent>
        </Card>
      </Box>
    </>
  );
}

function PasswordForm() {
  const t = useTexts(sessionTexts);
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [password, setPassword] = useState("");
  const signingIn = useMutation({
    mutationFn: (password: string) => ask(api.POST("/api/v1/auth/session", { body: { password } })),
    onSuccess: async (told) => {
      // Before the page is back: what it was refused it asks for again.
      await client.invalidateQueries({ refetchType: "none" });
      sessions.learn(told);
    },
    onError: () => field.current?.select(),
  });
  const isWrong = signingIn.error instanceof Failure && signingIn.error.status === 401;
  useEffect(() => {
    field.current?.focus();
  }, []);
  return (
    <Stack
      component="form"
      spacing={2}
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== "" && !signingIn.isPending) signingIn.mutate(password);
      }}
    >
      {/* Whose password it is, for who keeps passwords. */}
      <input type="text" name="username" autoComplete="username" value="owner" readOnly hidden />
      <TextField
        inputRef={field}
        type="password"
        name="password"
        label={t.password}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={isWrong}
        helperText={isWrong && t.wrong}
        slotProps={{
          htmlInput: { autoComplete: "current-password", maxLength: 1024, required: true },
          formHelperText: { role: "alert" },
        }}
      />
      {signingIn.error && !isWrong && <Refusal error={signingIn.error} />}
      <BusyButton type="submit" variant="contained" size="large" isBusy={signingIn.isPending}>
        {t.signIn}
      </BusyButton>
    </Stack>
  );
}

function Refusal({ error }: { error: Error }) {
  const t = useTexts(sessionTexts);
  const format = useFormat();
  if (!(error instanceof Failure) || error.status !== 429) return <Trouble error={error} />;
  return (
    <Typography role="alert" color="error">
      {t.tooOften(format.span(error.retryAfterSeconds ?? 60))}
    </Typography>
  );
}
