// When on this day was there music? A bar for each of its hours; the hours themselves stand below in words.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

import type { Of } from "@/api/client";
import { useTexts } from "@/i18n/LanguageProvider";

import { timelineTexts } from "./texts";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const HEIGHT = 56;

export function DayShape({ hours }: { hours: Of<"tracker">["TimelineHour"][] }) {
  const t = useTexts(timelineTexts);
  const counts = HOURS.map((number) => hours.filter(({ hour }) => hour === number).reduce((sum, { plays }) => sum + plays.length, 0));
  const most = Math.max(1, ...counts);
  const told = HOURS.filter((hour) => counts[hour]).map((hour) => t.inHour(t.hour(hour), t.plays(counts[hour] ?? 0)));
  return (
    <Box role="img" aria-label={told.length > 0 ? t.shape(told.join(", ")) : t.shapeEmpty} sx={{ mt: 2, mb: 3 }}>
      <Box sx={{ display: "grid", gridTemplateColumns: "repeat(24, minmax(0, 1fr))", columnGap: { xs: "2px", sm: "4px" }, alignItems: "end", height: HEIGHT }}>
        {counts.map((count, hour) => (
          <Box
            key={hour}
            title={`${t.hour(hour)} · ${t.plays(count)}`}
            sx={{ borderRadius: "3px 3px 0 0", bgcolor: count > 0 ? "primary.main" : "divider" }}
            style={{ height: count > 0 ? Math.max(6, (count / most) * HEIGHT) : 3 }}
          />
        ))}
      </Box>
      <Box sx={{ display: "grid", gridTemplateColumns: "repeat(4, 1fr)", mt: 0.5 }}>
        {[0, 6, 12, 18].map((hour) => (
          <Typography key={hour} variant="caption" color="text.secondary">
            {t.hour(hour)}
          </Typography>
        ))}
      </Box>
    </Box>
  );
}
