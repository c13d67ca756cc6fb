// How is everything? Which services answer, how the providers do, and what was given up; each asked again while one looks.
import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, ask, type Of } from "@/api/client";
import { Failure } from "@/api/failures";

export type DeadJob = Of<"jobs">["DeadJob"];
export type Provider = Of<"artist">["ProviderMetrics"];

export const SERVICES = ["album", "artist", "cover", "tracker"] as const;
export type Service = (typeof SERVICES)[number];

export interface Readiness {
  name: Service;
  /** `SERVING` when it answers. */
  state: string;
}

const OFTEN_MS = 5000;
const NOW_AND_THEN_MS = 10_000;

export function useReadiness() {
  return useQuery({
    queryKey: ["health", "services"],
    queryFn: ({ signal }) => fetchReadiness(signal),
    refetchInterval: OFTEN_MS,
    // That none answers is the answer.
    retry: false,
  });
}

async function fetchReadiness(signal: AbortSignal): Promise<Readiness[]> {
  try {
    const { services } = await ask(api.GET("/readyz", { signal }));
    const told = Object.entries(services);
    return SERVICES.flatMap((name) => {
      const found = told.find(([each]) => each.startsWith(`soniquebay.${name}.`));
      return found ? [{ name, state: found[1] }] : [];
    });
  } catch (error) {
    if (!(error instanceof Failure) || error.status !== 503) throw error;
    return SERVICES.map((name) => ({ name, state: "UNREACHABLE" }));
  }
}

export function useProviders() {
  return useQuery({
    queryKey: ["health", "providers"],
    queryFn: async ({ signal }): Promise<Provider[]> => {
      const providers = Object.values(await ask(api.GET("/api/v1/enrichment/metrics", { signal })));
      return providers.sort((one, other) => one.provider.localeCompare(other.provider));
    },
    refetchInterval: OFTEN_MS,
  });
}

/** What each service has given up. */
export function useDeadJobs() {
  return useQueries({
    queries: SERVICES.map((service) => ({
      queryKey: ["health", "dead-jobs", service],
      queryFn: async ({ signal }: { signal: AbortSignal }) => (await fetchDeadJobs(service, signal)).dead_jobs,
      refetchInterval: NOW_AND_THEN_MS,
    })),
  });
}

function fetchDeadJobs(service: Service, signal: AbortSignal): Promise<{ dead_jobs: DeadJob[] }> {
  switch (service) {
    case "album":
      return ask(api.GET("/api/v1/services/album/dead-jobs", { signal }));
    case "artist":
      return ask(api.GET("/api/v1/services/artist/dead-jobs", { signal }));
    case "cover":
      return ask(api.GET("/api/v1/services/cover/dead-jobs", { signal }));
    case "tracker":
      return ask(api.GET("/api/v1/services/tracker/dead-jobs", { signal }));
  }
}

/** Has all that a service has given up begun anew; how many. */
export function useRetry(service: Service) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => (await retry(service)).retried_count,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["health", "dead-jobs", service] }),
  });
}

function retry(service: Service): Promise<{ retried_count: number }> {
  switch (service) {
    case "album":
      return ask(api.POST("/api/v1/services/album/dead-jobs:retry", { body: {} }));
    case "artist":
      return ask(api.POST("/api/v1/services/artist/dead-jobs:retry", { body: {} }));
    case "cover":
      return ask(api.POST("/api/v1/services/cover/dead-jobs:retry", { body: {} }));
    case "tracker":
      return ask(api.POST("/api/v1/services/tracker/dead-jobs:retry", { body: {} }));
  }
}
