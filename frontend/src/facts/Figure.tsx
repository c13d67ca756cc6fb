// One number, large, with its name and its "why?"; a dash where nobody has counted.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

import { useFormat } from "@/i18n/useFormat";

interface FigureProps {
  label: string;
  value: number | null | undefined;
  why?: ReactNode;
}

export function Figure({ label, value, why }: FigureProps) {
  const format = useFormat();
  const isKnown = value !== null && value !== undefined;
  return (
    <Box sx={{ minWidth: 0 }}>
      <Typography component="dt" variant="body2" color="text.secondary" sx={{ display: "flex", alignItems: "center", minHeight: 44, lineHeight: 1.25 }}>
        {label}
        {why}
      </Typography>
      <Typography component="dd" title={isKnown ? format.number(value) : undefined} sx={{ m: 0, fontSize: "1.35rem", fontWeight: 650 }}>
        {isKnown ? (value < 100_000 ? format.number(value) : format.compact(value)) : "–"}
      </Typography>
    </Box>
  );
}

/** They stand side by side as room allows. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <Box component="dl" sx={{ m: 0, display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(150px, 1fr))", columnGap: 2, rowGap: 1 }}>
      {children}
    </Box>
  );
}
