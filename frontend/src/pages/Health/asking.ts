// How is everything? Which services answer, whom they ask, what they do and what they gave up; each asked again while one looks.
import { useMutation, useQueries, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";

import { api, ask, type Of } from "@/api/client";
import { Failure } from "@/api/failures";

export type DeadJob = Of<"jobs">["DeadJob"];
export type JobCounts = Of<"jobs">["JobCounts"];
export type Provider = Of<"upstreams">["Provider"];

export const SERVICES = ["album", "artist", "cover", "tracker"] as const;
export type Service = (typeof SERVICES)[number];

/** So many dead letters a service lists at most. */
export const MOST = 100;

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

/** Whom each service asks. */
export function useProviders() {
  return useOfEach("providers", async (service, signal) => (await fetchProviders(service, signal)).providers);
}

/** How much each service has to do. */
export function useJobCounts() {
  return useOfEach("jobs", fetchJobCounts);
}

/** What each service has given up. */
export function useDeadJobs() {
  return useOfEach("dead-jobs", async (service, signal) => (await fetchDeadJobs(service, signal)).dead_jobs);
}

/** The same of each service, in their order. One that is silent is asked again soon enough; what it said is kept meanwhile. */
function useOfEach<Data>(what: string, fetch: (service: Service, signal: AbortSignal) => Promise<Data>): UseQueryResult<Data>[] {
  return useQueries({
    queries: SERVICES.map((service) => ({
      queryKey: ["health", what, service],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetch(service, signal),
      refetchInterval: NOW_AND_THEN_MS,
      retry: false,
    })),
  });
}

/** How many pieces of work a service gave up: of many, not all are listed. */
export function countGivenUp(listed: DeadJob[] | undefined, counts: JobCounts | undefined): number {
  const length = listed?.length ?? 0;
  return length < MOST ? length : Math.max(length, counts?.given_up ?? 0);
}

function fetchProviders(service: Service, signal: AbortSignal): Promise<{ providers: Provider[] }> {
  switch (service) {
    case "album":
      return ask(api.GET("/api/v1/services/album/providers", { signal }));
    case "artist":
      return ask(api.GET("/api/v1/services/artist/providers", { signal }));
    case "cover":
      return ask(api.GET("/api/v1/services/cover/providers", { signal }));
    case "tracker":
      return ask(api.GET("/api/v1/services/tracker/providers", { signal }));
  }
}

function fetchJobCounts(service: Service, signal: AbortSignal): Promise<JobCounts> {
  switch (service) {
    case "album":
      return ask(api.GET("/api/v1/services/album/jobs", { signal }));
    case "artist":
      return ask(api.GET("/api/v1/services/artist/jobs", { signal }));
    case "cover":
      return ask(api.GET("/api/v1/services/cover/jobs", { signal }));
    case "tracker":
      return ask(api.GET("/api/v1/services/tracker/jobs", { signal }));
  }
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
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["health", "dead-jobs", service] }),
        queries.invalidateQueries({ queryKey: ["health", "jobs", service] }),
      ]),
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
