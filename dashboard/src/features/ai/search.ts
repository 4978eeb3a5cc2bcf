/** What the screens about AI are asked for, as it stands in the URL. */

import type { By, CallsWanted, SpendWanted } from "./queries";

export const RANGES = { "7d": 7, "30d": 30, "90d": 90 } as const;
export type Range = keyof typeof RANGES;

const KINDS: readonly By[] = ["day", "task", "owner", "model"];
const STATES = ["open", "ok", "error", "lost"] as const;

type Given = Record<string, unknown>;

/** `from` and `to` are days of UTC; without them, `range` counts back from today. */
export interface SpendSearch {
  by?: By;
  range?: Range;
  from?: string;
  to?: string;
  task?: string;
  owner?: string;
}

export function readSpendSearch(given: Given): SpendSearch {
  return {
    by: KINDS.find((by) => by === given.by),
    range: rangeOf(given.range),
    from: dayOf(given.from),
    to: dayOf(given.to),
    task: text(given.task),
    owner: text(given.owner),
  };
}

/** The days that are asked for. */
export function wantedOf({ range = "30d", from, to, task, owner }: SpendSearch, now: number): SpendWanted {
  const end = to ?? dayAt(now);
  const begin = from ?? dayAt(Date.parse(end) - (RANGES[range] - 1) * 86_400_000);
  return { from: begin <= end ? begin : end, to: end, task, owner };
}

/** Models are looked at over the days up to today. */
export interface ModelsSearch {
  range?: Range;
}

export function readModelsSearch(given: Given): ModelsSearch {
  return { range: rangeOf(given.range) };
}

/** `call` is the one whose details are shown, `job` the job that made it. */
export interface CallsSearch extends CallsWanted {
  call?: string;
  job?: string;
}

export function readCallsSearch(given: Given): CallsSearch {
  return {
    task: text(given.task),
    owner: text(given.owner),
    model: text(given.model),
    state: STATES.find((state) => state === given.state),
    call: text(given.call),
    job: text(given.job),
  };
}

function rangeOf(given: unknown): Range | undefined {
  return given === "7d" || given === "30d" || given === "90d" ? given : undefined;
}

function dayOf(given: unknown): string | undefined {
  return typeof given === "string" && /^\d{4}-\d\d-\d\d$/.test(given) && !Number.isNaN(Date.parse(given))
    ? given
    : undefined;
}

export function dayAt(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** A number or a word was read as JSON by the router. */
function text(given: unknown): string | undefined {
  const read = typeof given === "number" || typeof given === "boolean" ? String(given) : given;
  return typeof read === "string" && read.trim() ? read.slice(0, 300) : undefined;
}
