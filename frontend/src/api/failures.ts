// What went wrong, as the app knows it?
import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];

/** The gateway answered, and the answer is no. `kind` is the last part of the problem's type, such as `not-found`. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    readonly detail: string,
    readonly requestId: string,
    readonly fields: { field: string; description: string }[],
    readonly retryAfterSeconds: number | null,
  ) {
    super(detail);
    this.name = "Failure";
  }
}

/** Nobody answered. */
export class Unreachable extends Error {
  constructor() {
    super("The gateway does not answer.");
    this.name = "Unreachable";
  }
}

export function failed(response: Response, body: unknown): Failure {
  const problem = isProblem(body) ? body : null;
  const wait = Number(response.headers.get("retry-after"));
  return new Failure(
    response.status,
    problem?.type.split("/").at(-1) ?? (response.status >= 500 ? "unavailable" : "invalid-argument"),
    problem?.detail ?? "",
    problem?.request_id ?? response.headers.get("x-request-id") ?? "",
    problem?.errors ?? [],
    wait > 0 ? wait : null,
  );
}

export function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "type" in body && "request_id" in body;
}
