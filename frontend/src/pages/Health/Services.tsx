// Which services answer?
import { mdiAccountMusic, mdiAlbum, mdiCheckCircle, mdiCloseCircle, mdiHistory, mdiImageMultipleOutline } from "@mdi/js";
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useId } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";
import { Loaded } from "@/shared/Loaded";

import { SERVICES, useJobCounts, useReadiness, type JobCounts, type Readiness } from "./asking";
import { healthTexts } from "./texts";

const ICONS = { album: mdiAlbum, artist: mdiAccountMusic, cover: mdiImageMultipleOutline, tracker: mdiHistory };

export function Services() {
  const t = useTexts(healthTexts);
  const id = useId();
  const counts = useJobCounts();
  return (
    <Box component="section" aria-labelledby={id} sx={{ mb: 5 }}>
      <Typography id={id} variant="h5" component="h2" sx={{ mb: 1.5 }}>
        {t.services}
      </Typography>
      <Loaded query={useReadiness()}>
        {(services) => (
          <Box
            component="ul"
            aria-labelledby={id}
            sx={{
              listStyle: "none",
              m: 0,
              p: 0,
              display: "grid",
              gap: 2,
              gridTemplateColumns: { xs: "1fr", sm: "1fr 1fr", lg: "repeat(4, 1fr)" },
            }}
          >
            {services.map((service) => (
              <li key={service.name}>
                <OneService service={service} counts={counts[SERVICES.indexOf(service.name)]?.data} />
              </li>
            ))}
          </Box>
        )}
      </Loaded>
    </Box>
  );
}

function OneService({ service: { name, state }, counts }: { service: Readiness; counts: JobCounts | undefined }) {
  const t = useTexts(healthTexts);
  const isServing = state === "SERVING";
  const colour = isServing ? "success.main" : "error.main";
  return (
    <Card sx={{ p: 2, height: "100%" }}>
      <Stack direction="row" spacing={1} sx={{ alignItems: "center", mb: 0.5 }}>
        <Icon path={ICONS[name]} sx={{ color: "text.secondary" }} />
        <Typography variant="h6" component="h3">
          {t[name]}
        </Typography>
      </Stack>
      <Stack direction="row" spacing={0.75} sx={{ alignItems: "center", color: colour, mb: 1 }}>
        <Icon path={isServing ? mdiCheckCircle : mdiCloseCircle} fontSize="small" />
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {isServing ? t.serving : state === "NOT_SERVING" ? t.notServing : t.unreachable}
        </Typography>
      </Stack>
      <Typography variant="body2" color="text.secondary">
        {t[`${name}Words`]}
      </Typography>
      {isServing && counts && (
        <Typography variant="body2" sx={{ mt: 1 }}>
          {t.work(counts.waiting, counts.running)}
        </Typography>
      )}
    </Card>
  );
}
