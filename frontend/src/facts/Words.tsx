// A text somebody wrote, first its beginning and then all of it, in its own language and with its terms.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";

import { factsTexts } from "./factsTexts";
import { Outside } from "@/shared/Outside";

interface WordsProps {
  language: string;
  summary: string;
  content: string;
  licence: string;
  url: string;
}

export function Words({ language, summary, content, licence, url }: WordsProps) {
  const t = useTexts(factsTexts);
  const [isWhole, setWhole] = useState(false);
  const isLonger = content.trim().length > summary.trim().length && summary.trim() !== "";
  return (
    <Box>
      <Typography lang={language || undefined} sx={{ whiteSpace: "pre-line", maxWidth: "75ch", overflowWrap: "anywhere" }}>
        {isWhole || !isLonger ? content || summary : summary}
      </Typography>
      {isLonger && (
        <Button sx={{ mt: 0.5, ml: -1 }} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? t.less : t.more}
        </Button>
      )}
      {(licence || url) && (
        <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
          {licence && <span lang="en">{licence}</span>}
          {licence && url && " · "}
          {url && <Outside href={url}>{t.readThere}</Outside>}
        </Typography>
      )}
    </Box>
  );
}
