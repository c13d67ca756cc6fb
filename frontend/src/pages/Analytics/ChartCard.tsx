// What has every chart? A heading, a switch that puts a table of the same numbers in its place, and room for a word below.
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";
import { useId, useState, type ReactNode } from "react";

import { useTexts } from "@/i18n/LanguageProvider";

import { analyticsTexts } from "./texts";

interface ChartCardProps {
  title: string;
  children: ReactNode;
  /** The same in rows; without one there is no switch. */
  table?: ReactNode;
  /** Between the heading and the chart, or its table. */
  above?: ReactNode;
  below?: ReactNode;
}

export function ChartCard({ title, children, table, above, below }: ChartCardProps) {
  const t = useTexts(analyticsTexts);
  const id = useId();
  const [isTable, setTable] = useState(false);
  return (
    <Card component="section" aria-labelledby={id} sx={{ p: 2, minWidth: 0, display: "flex", flexDirection: "column" }}>
      <Box sx={{ display: "flex", alignItems: "center", columnGap: 1, mb: 1, minHeight: 40 }}>
        <Typography id={id} variant="h6" component="h2" sx={{ flexGrow: 1, minWidth: 0 }}>
          {title}
        </Typography>
        {table !== undefined && (
          <FormControlLabel
            label={t.table}
            control={
              <Switch
                size="small"
                checked={isTable}
                onChange={(_, wanted) => setTable(wanted)}
                slotProps={{ input: { "aria-label": t.tableOf(title) } }}
              />
            }
            slotProps={{ typography: { variant: "body2", color: "text.secondary" } }}
            sx={{ mr: 0, minHeight: 40 }}
          />
        )}
      </Box>
      {above}
      <Box sx={{ flexGrow: 1 }}>{isTable ? table : children}</Box>
      {below}
    </Card>
  );
}
