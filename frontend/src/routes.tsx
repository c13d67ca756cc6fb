// Which page is at which address? Each is loaded when somebody goes there.
import { createBrowserRouter, Navigate, type RouteObject } from "react-router";

import { Broken, Lost } from "./shell/Broken";
import { Layout } from "./shell/Layout";
import { patiently } from "./shell/loading";
import { Guarded } from "./session/Guarded";
import { Loading } from "./shared/Loaded";

function page(path: string, load: Parameters<typeof patiently>[0]): RouteObject {
  return { path, lazy: patiently(load), ErrorBoundary: Broken };
}

export const router = createBrowserRouter([
  {
    Component: Guarded,
    ErrorBoundary: Broken,
    HydrateFallback: Loading,
    children: [
      {
        Component: Layout,
        ErrorBoundary: Broken,
        children: [
          { index: true, element: <Navigate to="/journal" replace /> },
          page("settings", () => import("./pages/Settings/Settings")),
          page("journal", () => import("./pages/Journal/Journal")),
          page("timeline", () => import("./pages/Timeline/Timeline")),
          page("analytics", () => import("./pages/Analytics/Analytics")),
          page("artists", () => import("./pages/Artists/Artists")),
          page("artists/:artist", () => import("./pages/Artist/Artist")),
          page("albums", () => import("./pages/Albums/Albums")),
          page("albums/:album", () => import("./pages/Album/Album")),
          page("covers", () => import("./pages/Covers/Covers")),
          page("health", () => import("./pages/Health/Health")),
          { path: "*", Component: Lost },
        ],
      },
    ],
  },
]);
