// Is every play here that Last.fm has? Month by month, against its own count, which a button asks for again.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";

import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Empty, Loaded } from "@/shared/Loaded";
import { RelativeTime } from "@/shared/RelativeTime";
import { Trouble } from "@/shared/Trouble";

import { useCompleteness, useRecount, type Completeness as Known } from "./asking";
import { ChartCard } from "./ChartCard";
import { completenessTexts } from "./completenessTexts";
import { DataTable } from "./DataTable";
import { MonthGrid } from "./MonthGrid";
import { missingIn, useMonthName } from "./months";

export function Completeness() {
  const t = useTexts(completenessTexts);
  const query = useCompleteness();
  if (query.data?.account) return <OfAccount known={query.data} />;
  return (
    <ChartCard title={t.title}>
      <Loaded query={query}>
        {() => (
          <Empty>
            {t.noAccount} <Button href="/settings">{t.toSettings}</Button>
          </Empty>
        )}
      </Loaded>
    </ChartCard>
  );
}

function OfAccount({ known }: { known: Known }) {
  const t = useTexts(completenessTexts);
  const recount = useRecount();
  const isCounting = known.is_counting || recount.isPending;
  return (
    <ChartCard
      title={t.title}
      table={known.months.length > 0 ? <MonthTable known={known} /> : undefined}
      above={
        <Stack spacing={1} sx={{ mb: 2 }}>
          <Typography variant="body2" color="text.secondary">
            {t.intro(known.account)}
          </Typography>
          <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 3, rowGap: 1 }}>
            <Sum known={known} />
            {/* Not disabled while it counts: the focus would be lost. */}
            <Button variant="outlined" aria-disabled={isCounting} onClick={() => !isCounting && recount.mutate()} sx={{ minHeight: 40, opacity: isCounting ? 0.6 : 1 }}>
              {t.ask}
            </Button>
          </Box>
          <Box role="status">
            {isCounting && (
              <>
                <Typography variant="body2">{t.counting}</Typography>
                <LinearProgress aria-label={t.counting} />
              </>
            )}
          </Box>
          {recount.error && <Trouble error={recount.error} />}
        </Stack>
      }
      below={<Oddities known={known} />}
    >
      {known.months.length > 0 ? <MonthGrid months={known.months} /> : <Empty>{t.nothing}</Empty>}
    </ChartCard>
  );
}

function Sum({ known }: { known: Known }) {
  const t = useTexts(completenessTexts);
  const format = useFormat();
  const { stored_count: stored, source_count: source, count_time: asked } = known;
  return (
    <Box sx={{ flexGrow: 1 }}>
      <Typography sx={{ fontSize: "1.25rem", fontWeight: 650 }}>
        {source !== null ? t.storedOf(format.number(stored), format.number(source)) : t.storedOnly(stored)}
      </Typography>
      <Typography variant="body2" color="text.secondary">
        {asked ? (
          <>
            {t.asked} <RelativeTime time={asked} />
          </>
        ) : (
          t.neverAsked
        )}
      </Typography>
    </Box>
  );
}

function MonthTable({ known }: { known: Known }) {
  const t = useTexts(completenessTexts);
  const format = useFormat();
  const nameOf = useMonthName("long");
  const rows = known.months.map((each) => {
    const missing = missingIn(each);
    return [
      nameOf(each.month),
      format.number(each.stored_count),
      each.source_count === null ? t.unknown : format.number(each.source_count),
      missing === null ? "" : format.number(missing),
    ];
  });
  return <DataTable label={t.title} columns={[t.month, t.stored, t.source, t.missing]} rows={rows} />;
}

/** What was set aside, and which windows are still open. */
function Oddities({ known }: { known: Known }) {
  const t = useTexts(completenessTexts);
  const format = useFormat();
  if (known.quarantined_count === 0 && known.holes.length === 0) return null;
  return (
    <Typography variant="body2" component="div" sx={{ mt: 2 }}>
      {known.quarantined_count > 0 && <p>{t.quarantined(known.quarantined_count)}</p>}
      {known.holes.length > 0 && (
        <>
          {t.holes(known.holes.length)}
          <ul>
            {known.holes.map((hole, index) => (
              <li key={index}>
                {hole.from_time && hole.to_time && t.hole(format.moment(hole.from_time), format.moment(hole.to_time))}{" "}
                <span lang="en">{hole.reason}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Typography>
  );
}
