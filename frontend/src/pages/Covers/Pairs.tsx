// Names and what goes with each, one below the other; those without a value are left out.
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

interface PairsProps {
  pairs: readonly (readonly [name: string, value: ReactNode])[];
  /** Short ones, whose values stand at the end of the line. */
  isSmall?: boolean;
}

export function Pairs({ pairs, isSmall = false }: PairsProps) {
  const columns = isSmall ? "1fr auto" : "minmax(110px, auto) minmax(0, 1fr)";
  return (
    <Box
      component="dl"
      sx={{ m: 0, display: "grid", gridTemplateColumns: columns, columnGap: 2, rowGap: isSmall ? 0 : 0.5, typography: isSmall ? "body2" : "body1" }}
    >
      {pairs
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <Box key={name} sx={{ display: "contents" }}>
            <Box component="dt" sx={{ color: isSmall ? undefined : "text.secondary" }}>
              {name}
            </Box>
            <Box component="dd" sx={{ m: 0, overflowWrap: "anywhere", fontVariantNumeric: "tabular-nums" }}>
              {value}
            </Box>
          </Box>
        ))}
    </Box>
  );
}
