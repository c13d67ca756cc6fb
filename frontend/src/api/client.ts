// How is the gateway asked? By a client whose paths, parameters and answers are typed by the gateway's own description.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema";
import { failed, isProblem, Unreachable } from "./failures";
import { reachability } from "./reachability";
import { sessions } from "@/session/session";

export const api = createClient<paths>({ baseUrl: window.location.origin });

type Schemas = components["schemas"];

/** What the contracts of one service call their things: `Of<"tracker">["Play"]`. */
export type Of<Package extends string> = {
  [Name in keyof Schemas as Name extends `soniquebay.${Package}.v1.${infer Short}` ? Short : never]: Schemas[Name];
};

interface Answering<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The answer itself; throws a Failure (the gateway said no) or Unreachable (it said nothing). */
export async function ask<Data>(answering: Promise<Answering<Data>>): Promise<NonNullable<Data>> {
  let answer: Answering<Data>;
  try {
    answer = await answering;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    // One answer that cannot be read is no outage: the gateway itself is asked whether it is there.
    void reachability.check();
    throw new Unreachable();
  }
  if (isOfProxy(answer)) {
    void reachability.check();
    throw new Unreachable();
  }
  reachability.found();
  if (answer.response.status === 401) sessions.doubt();
  if (!answer.response.ok) throw failed(answer.response, answer.error);
  // The description lets every message be null; a whole answer never is.
  return answer.data as NonNullable<Data>;
}

/** A proxy before a gateway that does not answer says so in words of its own. */
function isOfProxy({ response, error }: Answering<unknown>): boolean {
  return [502, 503, 504].includes(response.status) && !isProblem(error);
}
