// The numbers of a chart in rows and columns; what does not fit scrolls in itself.
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import type { ReactNode } from "react";

interface DataTableProps {
  /** What it is a table of. */
  label: string;
  columns: string[];
  /** The first cell of a row names it. */
  rows: ReactNode[][];
  /** Columns, from the first, that hold words; the rest holds numbers. */
  words?: number;
  /** Many narrow columns. */
  isDense?: boolean;
}

export function DataTable({ label, columns, rows, words = 1, isDense = false }: DataTableProps) {
  const cell = { px: isDense ? 0.5 : 1, ...(isDense ? { fontSize: "0.8rem" } : {}) };
  return (
    <TableContainer tabIndex={0} role="region" aria-label={label} sx={{ maxHeight: 480 }}>
      <Table size="small" stickyHeader aria-label={label}>
        <TableHead>
          <TableRow>
            {columns.map((name, index) => (
              <TableCell key={index} align={index < words ? "left" : "right"} sx={{ ...cell, bgcolor: "background.paper" }}>
                {name}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row, line) => (
            <TableRow key={line}>
              {row.map((value, index) => (
                <TableCell
                  key={index}
                  {...(index === 0 ? { component: "th", scope: "row" } : {})}
                  align={index < words ? "left" : "right"}
                  sx={{ ...cell, fontVariantNumeric: "tabular-nums", overflowWrap: index < words ? "anywhere" : undefined }}
                >
                  {value}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
