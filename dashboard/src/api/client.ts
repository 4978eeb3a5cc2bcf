/** The API: typed by the OpenAPI document, every failure a `Problem`. */

import createClient from "openapi-fetch";

import { Problem, problemOf } from "./problem";
import { ReachStore } from "./reach";
import type { components, paths } from "./schema";

/** Where the API is: the address this page came from, or what a build for a CDN was given. */
export const BASE: string = (import.meta.env.VITE_API_BASE as string | undefined) ?? "";
export const isElsewhere = BASE !== "";

export type Schemas = components["schemas"];

const TIMEOUT_MS = 30_000;

export const reach = new ReachStore(async () => {
  try {
    const signal = AbortSignal.timeout(5_000);
    return (await fetch(`${BASE}/readyz`, { cache: "no-store", signal })).ok;
  } catch {
    return false;
  }
});

let onSignedOut: () => void = () => undefined;

/** Say what happens when an answer tells that nobody is signed in. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

async function reaching(request: Request): Promise<Response> {
  let response: Response;
  try {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    response = await fetch(request, { signal });
  } catch (reason) {
    if (request.signal.aborted) throw reason;
    reach.lose();
    throw new Problem(0, "unreachable", "The server can't be reached. Nothing is lost; try again when it is back.");
  }
  if (response.status === 503) reach.lose();
  return response;
}

export const api = createClient<paths>({
  baseUrl: BASE || (typeof location === "undefined" ? "" : location.origin),
  credentials: "include",
  fetch: reaching,
  querySerializer: { array: { style: "form", explode: true } },
});

/** The API for whoever has the token of a link: it shows one job, and no session is sent along. */
export function apiFor(token: string): typeof api {
  return createClient<paths>({
    baseUrl: BASE || location.origin,
    credentials: "omit",
    headers: { Authorization: `Bearer ${token}` },
    fetch: reaching,
    querySerializer: { array: { style: "form", explode: true } },
  });
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Await a call of `api` and return its data: `await ask(api.GET("/api/v1/jobs", …))`. Raises a `Problem`. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (reason) {
    if (reason instanceof SyntaxError) {
      throw new Problem(
        200,
        "malformed_answer",
        "The answer is not what the API speaks.",
        [],
        null,
        null,
        reason.message,
      );
    }
    throw reason;
  }
  const { data, error, response } = answer;
  if (response.ok) return data as T;
  const problem = problemOf(response, error);
  if (problem.status === 401 && problem.code === "unauthorized") onSignedOut();
  throw problem;
}
