// How does a page's code come, when the gateway that holds it may be away? All of it soon after the start, and else with patience.
import type { ComponentType } from "react";

import { reachability } from "@/api/reachability";

import { Broken } from "./Broken";

interface PageModule {
  default: ComponentType;
}

const loaders: (() => Promise<PageModule>)[] = [];

/** What a route's `lazy` takes. */
export function patiently(load: () => Promise<PageModule>): () => Promise<{ Component: ComponentType }> {
  loaders.push(load);
  return async () => {
    try {
      return { Component: (await load()).default };
    } catch {
      await reachability.check();
      await reachability.back();
      // Still not: the gateway has another build of the app by now, whose pages have other names.
      return { Component: (await load().catch(() => ({ default: Broken }))).default };
    }
  };
}

/** Pages are small. Once they are here, one gets around while nobody answers. */
export function loadAllWhenIdle(): void {
  window.setTimeout(() => {
    for (const load of loaders) void load().catch(() => undefined);
  }, 2000);
}
