// Where does the app begin?
import createCache from "@emotion/cache";
import { CacheProvider } from "@emotion/react";
import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider } from "@mui/material/styles";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";

import { createQueryClient } from "./api/queries";
import { LanguageProvider } from "./i18n/LanguageProvider";
import { router } from "./routes";
import { loadAllWhenIdle } from "./shell/loading";
import { theme } from "./theme";

// The page came with a policy under which only styles that carry its nonce count.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
const cache = createCache({ key: "sb", prepend: true, ...(nonce ? { nonce } : {}) });
const queries = createQueryClient();
const place = document.getElementById("app");

if (place) {
  createRoot(place).render(
    <StrictMode>
      <CacheProvider value={cache}>
        <ThemeProvider theme={theme} defaultMode="system" noSsr>
          <CssBaseline enableColorScheme />
          <LanguageProvider>
            <QueryClientProvider client={queries}>
              <RouterProvider router={router} />
            </QueryClientProvider>
          </LanguageProvider>
        </ThemeProvider>
      </CacheProvider>
    </StrictMode>,
  );
  loadAllWhenIdle();
}
