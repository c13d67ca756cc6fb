// What are providers and kinds of work called? By the services' names for them, where they are not known here.
import type { Of } from "@/api/client";
import { providerName } from "@/facts/providers";

import type { healthTexts } from "./texts";

type Named = Pick<Of<"upstreams">["Provider"], "provider" | "off_reason">;
type Texts = (typeof healthTexts)["en"];

/** Where pictures lie is asked under a name of its own. */
const PICTURES = "-images";

export function nameOfProvider(provider: string, t: Texts): string {
  if (provider === "archive") return t.picturesOf("Internet Archive");
  if (provider.endsWith(PICTURES)) return t.picturesOf(providerName(provider.slice(0, -PICTURES.length)));
  return providerName(provider);
}

/** Those that are asked first, then by name. */
export function sorted<Each extends Named>(providers: Each[], t: Texts): Each[] {
  return [...providers].sort(
    (one, other) =>
      Number(one.off_reason !== "") - Number(other.off_reason !== "") ||
      nameOfProvider(one.provider, t).localeCompare(nameOfProvider(other.provider, t)),
  );
}

export function nameOfJob(kind: string, t: Texts): string {
  const name = new Map<string, unknown>(Object.entries(t)).get(`job_${kind}`);
  return typeof name === "string" ? name : t.otherJob(kind);
}
