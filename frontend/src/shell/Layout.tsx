// What is around every page? The way past it, the bar, the ways elsewhere, and a word when SoniqueBay does not answer.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import LinearProgress from "@mui/material/LinearProgress";
import { Outlet, ScrollRestoration, useNavigation } from "react-router";

import { reachability, useReachability } from "@/api/reachability";
import { useTexts } from "@/i18n/LanguageProvider";

import { PhoneNavigation, SideNavigation } from "./Navigation";
import { shellTexts } from "./shellTexts";
import { TopBar } from "./TopBar";

const CONTENT = "content";

export function Layout() {
  const t = useTexts(shellTexts);
  const isOnTheWay = useNavigation().state === "loading";
  return (
    <>
      {isOnTheWay && <LinearProgress aria-label={t.loading} sx={{ position: "fixed", inset: "0 0 auto 0", zIndex: "tooltip" }} />}
      <Button
        href={`#${CONTENT}`}
        variant="contained"
        sx={{ position: "fixed", top: 8, left: 8, zIndex: "tooltip", "&:not(:focus)": { clipPath: "inset(50%)" } }}
        onClick={(event) => {
          event.preventDefault();
          document.getElementById(CONTENT)?.focus();
        }}
      >
        {t.skip}
      </Button>
      <TopBar />
      <OutOfReach />
      <Box sx={{ display: "flex", minHeight: "calc(100vh - 65px)" }}>
        <SideNavigation />
        <Box
          component="main"
          id={CONTENT}
          tabIndex={-1}
          sx={{ flexGrow: 1, minWidth: 0, maxWidth: 1280, mx: "auto", p: { xs: 2, md: 3 }, pb: { xs: 11, md: 4 }, outline: "none" }}
        >
          <Outlet />
        </Box>
      </Box>
      <PhoneNavigation />
      <ScrollRestoration />
    </>
  );
}

/** Comes and goes by itself. */
function OutOfReach() {
  const t = useTexts(shellTexts);
  const isThere = useReachability();
  return (
    <Box role="status" sx={{ position: "sticky", top: 64, zIndex: "appBar" }}>
      {!isThere && (
        <Alert
          severity="warning"
          variant="filled"
          square
          action={
            <Button color="inherit" size="small" onClick={() => void reachability.check()}>
              {t.askNow}
            </Button>
          }
        >
          {t.down}
        </Alert>
      )}
    </Box>
  );
}
