// How have the artist's numbers changed? One at a time, as a curve or as a table: those of different providers cannot be compared.
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import FormControlLabel from "@mui/material/FormControlLabel";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { Suspense, useState } from "react";

import { fieldTexts, isFieldName } from "@/facts/fieldTexts";
import { providerName } from "@/facts/providers";
import { Section } from "@/facts/Section";
import { useTexts } from "@/i18n/LanguageProvider";
import { useFormat } from "@/i18n/useFormat";
import { Loaded, Loading } from "@/shared/Loaded";
import { patientLazy } from "@/shell/loading";

import { DataTable } from "../Analytics/DataTable";
import { useNumbers, type NumberSeries } from "./asking";
import { artistTexts } from "./texts";

const NumbersChart = patientLazy(() => import("./NumbersChart"));

export function Numbers({ id }: { id: string }) {
  const t = useTexts(artistTexts);
  const query = useNumbers(id);
  return (
    <Section title={t.overTime}>
      <Loaded query={query} isEmpty={(series) => series.length === 0} empty={t.noNumbers}>
        {(series) => <Shown all={series} />}
      </Loaded>
    </Section>
  );
}

const keyOf = (series: NumberSeries) => `${series.metric} ${series.provider}`;

function Shown({ all }: { all: NumberSeries[] }) {
  const t = useTexts(artistTexts);
  const names = useTexts(fieldTexts);
  const format = useFormat();
  const [chosen, choose] = useState<string | null>(null);
  const [isTable, setTable] = useState(false);
  // What most people count first, until another is chosen.
  const series = all.find((each) => keyOf(each) === chosen) ?? all.find((each) => each.metric === "listeners") ?? all[0];
  if (!series) return null;
  const nameOf = ({ metric, provider }: NumberSeries) => {
    const name = isFieldName(metric) ? names[metric] : metric;
    return name.includes(providerName(provider)) ? name : `${name} · ${providerName(provider)}`;
  };
  return (
    <Stack spacing={2}>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 2, alignItems: "center" }}>
        <TextField
          select
          size="small"
          label={t.number}
          value={keyOf(series)}
          onChange={(event) => choose(event.target.value)}
          sx={{ minWidth: 240, maxWidth: "100%" }}
        >
          {all.map((each) => (
            <MenuItem key={keyOf(each)} value={keyOf(each)}>
              {nameOf(each)}
            </MenuItem>
          ))}
        </TextField>
        <FormControlLabel control={<Switch checked={isTable} onChange={(_, on) => setTable(on)} />} label={t.asTable} />
      </Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center" }}>
        <Typography sx={{ fontSize: "1.35rem", fontWeight: 650, mr: 1 }}>{format.number(series.value)}</Typography>
        {series.changes.map((change) => (
          <Chip
            key={change.days}
            size="small"
            variant="outlined"
            color={change.absolute > 0 ? "success" : change.absolute < 0 ? "warning" : "default"}
            label={`${signed(format.number(Math.abs(change.absolute)), change.absolute)} ${t.change(change.days)}`}
          />
        ))}
      </Box>
      {isTable ? (
        <DataTable
          label={nameOf(series)}
          columns={[t.time, t.value]}
          rows={series.points.toReversed().map(({ time, value }) => [time && format.moment(time), format.number(value)])}
        />
      ) : series.points.length > 1 ? (
        <Suspense fallback={<Loading />}>
          <NumbersChart series={series} label={nameOf(series)} />
        </Suspense>
      ) : (
        <Typography color="text.secondary">{t.once}</Typography>
      )}
    </Stack>
  );
}

function signed(number: string, value: number): string {
  return value > 0 ? `+${number}` : value < 0 ? `−${number}` : number;
}
