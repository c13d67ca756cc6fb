// Shares of a whole as a bar. Decoration: the words beside it say the same.
import Box from "@mui/material/Box";
import type { ReactNode } from "react";

interface BarProps {
  /** Each share, 0–1, with its colour of the theme. */
  parts: readonly (readonly [number, string])[];
  /** Where the target is, 0–1. */
  mark?: number;
}

export function Bar({ parts, mark }: BarProps) {
  return (
    <Box aria-hidden sx={{ position: "relative", height: 10 }}>
      <Box sx={{ display: "flex", height: "100%", borderRadius: 5, overflow: "hidden", bgcolor: "action.selected" }}>
        {parts.map(([share, colour]) => (
          <Box key={colour} sx={{ bgcolor: colour, transition: "width 300ms" }} style={{ width: `${Math.min(1, share) * 100}%` }} />
        ))}
      </Box>
      {mark !== undefined && (
        <Box sx={{ position: "absolute", top: -3, bottom: -3, width: 2, bgcolor: "text.primary" }} style={{ left: `${mark * 100}%` }} />
      )}
    </Box>
  );
}

/** A colour of the bar, in words. */
export function Key({ colour, children }: { colour: string; children: ReactNode }) {
  return (
    <Box sx={{ display: "inline-flex", alignItems: "center", gap: 0.75, typography: "body2", color: "text.secondary" }}>
      <Box aria-hidden sx={{ width: 10, height: 10, borderRadius: "50%", bgcolor: colour, flexShrink: 0 }} />
      {children}
    </Box>
  );
}
