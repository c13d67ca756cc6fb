// One part of a page about one thing: a card with its heading, and beside that what can be done or asked about it.
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import CardContent from "@mui/material/CardContent";
import Typography from "@mui/material/Typography";
import { useId, type ReactNode } from "react";

interface SectionProps {
  title: string;
  /** Stands right behind the title: a "why?". */
  why?: ReactNode;
  /** Stands at the end of the title's line. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Section({ title, why, actions, children }: SectionProps) {
  const id = useId();
  return (
    <Card component="section" aria-labelledby={id}>
      <CardContent sx={{ "&:last-child": { pb: 2 } }}>
        <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1, mb: 1, minHeight: 40 }}>
          <Typography id={id} variant="h6" component="h2">
            {title}
          </Typography>
          {why}
          <Box sx={{ flexGrow: 1 }} />
          {actions}
        </Box>
        {children}
      </CardContent>
    </Card>
  );
}
