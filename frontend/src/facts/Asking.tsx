// Providers are being asked, which takes a while; or they were, and it failed.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import LinearProgress from "@mui/material/LinearProgress";

import { useTexts } from "@/i18n/LanguageProvider";
import { Trouble } from "@/shared/Trouble";

import { factsTexts } from "./factsTexts";

export function Asking({ isPending, error }: { isPending: boolean; error: Error | null }) {
  const t = useTexts(factsTexts);
  return (
    <>
      <Box role="status">
        {isPending && (
          <Alert severity="info" icon={false} sx={{ mb: 2, "& .MuiAlert-message": { width: "100%" } }}>
            {t.asking}
            <LinearProgress aria-label={t.asking} sx={{ mt: 1 }} />
          </Alert>
        )}
      </Box>
      {error && (
        <Box sx={{ mb: 2 }}>
          <Trouble error={error} />
        </Box>
      )}
    </>
  );
}
