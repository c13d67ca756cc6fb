// How is the gateway asked? By a client whose paths, parameters and answers are typed by the gateway's own description.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema";
import { failed, Unreachable } from "./failures";
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
    reachability.lost();
    throw new Unreachable();
  }
  reachability.found();
  if (answer.response.status === 401) sessions.doubt();
  if (!answer.response.ok) throw failed(answer.response, answer.error);
  // The description lets every message be null; a whole answer never is.
  return answer.data as NonNullable<Data>;
}
