import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The gateway puts a nonce of its own in this place each time it gives the page out.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    target: "es2022",
    manifest: true,
    sourcemap: false,
    reportCompressedSize: false,
    // An image written into a script is one more thing for a policy to allow.
    assetsInlineLimit: 0,
    // What is loaded later and alone, such as charts, may be large; what is loaded first is measured by build/first_load.js.
    chunkSizeWarningLimit: 1000,
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/healthz", "/readyz", "/docs", "/openapi.json"].map((path) => [path, "http://localhost:8000"]),
    ),
  },
});
