// How does a page's code come, when the gateway that holds it may be away? All of it soon after the start, and else with patience.
import { lazy, type ComponentType } from "react";

import { reachability } from "@/api/reachability";

import { Broken } from "./Broken";

interface Module<Props> {
  default: ComponentType<Props>;
}

const loaders: (() => Promise<unknown>)[] = [];

/** What a route's `lazy` takes. */
export function patiently(load: () => Promise<Module<object>>): () => Promise<{ Component: ComponentType }> {
  const patient = withPatience(load, Broken);
  return async () => ({ Component: (await patient()).default });
}

/** A part of a page that comes later; in its place, where it cannot be had at all, nothing. */
export function patientLazy<Props extends object>(load: () => Promise<Module<Props>>) {
  return lazy(withPatience(load, Nothing));
}

function withPatience<Props>(load: () => Promise<Module<Props>>, otherwise: ComponentType): () => Promise<Module<Props>> {
  loaders.push(load);
  return async () => {
    try {
      return await load();
    } catch {
      await reachability.check();
      await reachability.back();
      // Still not: the gateway has another build of the app by now, whose parts have other names.
      return await load().catch(() => ({ default: otherwise as ComponentType<Props> }));
    }
  };
}

function Nothing() {
  return null;
}

/** Pages are small. Once they are here, one gets around while nobody answers. */
export function loadAllWhenIdle(): void {
  window.setTimeout(() => {
    for (const load of loaders) void load().catch(() => undefined);
  }, 2000);
}
