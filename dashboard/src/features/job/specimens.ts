/** Parts of a job as the API gives them, for tests: times are seconds after noon. */

import type { Attempt, Call, Child, Job, Step, Wait } from "./queries";

const iso = (seconds: number): string => new Date(Date.parse("2026-11-21T12:00:00Z") + seconds * 1000).toISOString();
const isoOrNull = (seconds: number | null): string | null => (seconds === null ? null : iso(seconds));

interface JobGiven {
  state?: Job["state"];
  finished?: number | null;
  runAt?: number | null;
  more?: Partial<Job>;
}

export function job({ state = "completed", finished = 100, runAt = null, more = {} }: JobGiven): Job {
  return {
    id: "01a20257-85a1-779d-83f3-ad197ac3fdc4",
    task: "mill.grind",
    queue: "mill",
    state,
    priority: 0,
    owner: "ada@example.com",
    unique_key: null,
    tags: [],
    run: 1,
    failures: 0,
    attempts: 3,
    crashes: 0,
    progress: null,
    events: 0,
    cost_nano_usd: 0,
    input_tokens: 0,
    output_tokens: 0,
    created_at: iso(0),
    run_at: isoOrNull(runAt),
    ready_at: null,
    started_at: null,
    finished_at: isoOrNull(finished),
    cancel_requested_at: null,
    retry_of: null,
    error: null,
    links: {},
    why: null,
    input: { kind: "rye" },
    result: null,
    parent_id: null,
    cancellation: null,
    children: { count: 0, unfinished: 0, failed: 0 },
    ...more,
  };
}

export function attempt(run: number, from: number, to: number | null, outcome: string): Attempt {
  return { run, worker_id: null, started_at: iso(from), ended_at: isoOrNull(to), outcome, error: null };
}

export function step(name: string, run: number, from: number, to: number): Step {
  return { name, run, started_at: iso(from), finished_at: iso(to), result: null };
}

export function wait(name: string, kind: string, from: number, to: number | null): Wait {
  return {
    id: name,
    job_id: "j",
    task: "mill.bake",
    owner: null,
    name,
    kind,
    state: to === null ? "open" : "answered",
    answer_schema: null,
    opened_at: iso(from),
    due_at: null,
    settled_at: isoOrNull(to),
    answer: null,
    answered_by: null,
    comment: null,
    refusals: 0,
    refused: null,
    links: {},
  };
}

export function child(id: string, place: number, created: number, from: number | null, to: number | null): Child {
  return {
    id,
    step: "write",
    place,
    task: "mill.grind",
    queue: "mill",
    state: to === null ? "queued" : "completed",
    run: 1,
    created_at: iso(created),
    started_at: isoOrNull(from),
    finished_at: isoOrNull(to),
    error: null,
    links: {},
  };
}

export function call(id: string, run: number, stepName: string, from: number, to: number | null): Call {
  return {
    id,
    job_id: "j",
    run,
    step: stepName,
    task: "mill.grind",
    owner: null,
    provider: "openai",
    model: "gpt-5-mini",
    answered_by: null,
    state: to === null ? "open" : "ok",
    rung: "first",
    started_at: iso(from),
    finished_at: isoOrNull(to),
    first_token_ms: 400,
    input_tokens: 812,
    output_tokens: 31,
    cached_tokens: 256,
    reasoning_tokens: 12,
    is_estimated: false,
    is_cached: false,
    cost_nano_usd: 1_830_000,
    reserved_nano_usd: null,
    price: null,
    finish_reason: "stop",
    error_code: null,
    error_message: null,
    raw_answer: null,
  };
}
