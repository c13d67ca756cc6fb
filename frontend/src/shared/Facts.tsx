// A few facts with their names, side by side where there is room.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";

interface FactsProps {
  facts: readonly (readonly [name: string, value: ReactNode])[];
  /** Stands for what is unknown, which else is left out. */
  unknown?: ReactNode;
}

export function Facts({ facts, unknown = null }: FactsProps) {
  return (
    <Box
      component="dl"
      sx={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(140px, 1fr))", gap: 2, m: 0, "& dd": { m: 0 } }}
    >
      {facts
        .map(([name, value]) => [name, isKnown(value) ? value : unknown] as const)
        .filter(([, value]) => isKnown(value))
        .map(([name, value]) => (
          <div key={name}>
            <Typography component="dt" variant="body2" color="text.secondary">
              {name}
            </Typography>
            <Typography component="dd" sx={{ overflowWrap: "anywhere" }}>
              {value}
            </Typography>
          </div>
        ))}
    </Box>
  );
}

function isKnown(value: ReactNode): boolean {
  return value !== null && value !== undefined && value !== false && value !== "";
}
