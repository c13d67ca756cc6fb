// When is what was asked for asked for again? The rules of all queries.
import { QueryClient } from "@tanstack/react-query";

import { Failure } from "./failures";
import { reachability } from "./reachability";

const RETRIES = 2;
const LONGEST_WAIT_MS = 30_000;

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        // The gateway is on this machine or in this house: whether the internet can be reached says nothing about it.
        networkMode: "always",
        staleTime: 10_000,
        gcTime: 120_000,
        retry: (count, error) => count < RETRIES && isWorthAnotherTry(error),
        retryDelay: waitOf,
        refetchOnWindowFocus: true,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  reachability.subscribe(() => {
    if (reachability.isThere()) void client.refetchQueries({ type: "active" });
  });
  return client;
}

/** One that nobody answered is asked again when somebody does. */
function isWorthAnotherTry(error: Error): boolean {
  return error instanceof Failure && (error.status === 429 || error.status === 503 || error.status === 504);
}

function waitOf(count: number, error: Error): number {
  const wanted = error instanceof Failure && error.retryAfterSeconds ? error.retryAfterSeconds * 1000 : 500 * 2 ** count;
  return Math.min(wanted, LONGEST_WAIT_MS);
}
