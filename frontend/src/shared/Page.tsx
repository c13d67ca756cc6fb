// What has every page? One heading, the document's title, and the keyboard's focus when one comes to it.
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useEffect, useEffectEvent, useRef, type ReactNode } from "react";
import { useLocation } from "react-router";

interface PageProps {
  title: string;
  /** Buttons and the like, beside the heading. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key, pathname } = useLocation();
  const arrive = useEffectEvent(() => {
    // The first page leaves the focus to the browser.
    if (key !== "default") heading.current?.focus({ preventScroll: true });
  });
  useEffect(() => {
    document.title = `${title} · SoniqueBay`;
  }, [title]);
  useEffect(() => {
    // A reader of the screen hears where it is, and Tab goes on from here. What only changes behind the `?` is the same page: who pressed
    // "next day" wants to press it again.
    arrive();
  }, [pathname]);
  return (
    <>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 2, mb: 3 }}>
        <Typography ref={heading} tabIndex={-1} variant="h4" component="h1" sx={{ flexGrow: 1, minWidth: 0, overflowWrap: "anywhere", outline: "none" }}>
          {title}
        </Typography>
        {actions}
      </Box>
      {children}
    </>
  );
}
