/** What the list of jobs is asked for, as it stands in the URL; and what the API is asked for then. */

import { STATES, type State } from "@/lib/words";

export const RANGES = {
  "15m": 900,
  "1h": 3_600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
  "30d": 2_592_000,
} as const;
export type Range = keyof typeof RANGES;
export const RANGE_LABEL: Record<Range, string> = {
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "6h": "Last 6 hours",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
};

/** States, tasks and queues are names with commas between them; times are ISO; `min` and `max` are seconds of a run. */
export interface JobFilters {
  state?: string;
  task?: string;
  queue?: string;
  owner?: string;
  tag?: string;
  range?: Range;
  from?: string;
  until?: string;
  min?: number;
  max?: number;
  /** Nano-dollars that AI calls cost at least. */
  cost?: number;
  error?: string;
  /** A group of errors that are alike. */
  fingerprint?: string;
  /** `path=value` each. */
  input?: string[];
  /** Leave out the jobs that another job called. */
  roots?: boolean;
}

/** `cols` are the columns shown, `job` the one whose panel is open. */
export interface JobsSearch extends JobFilters {
  cols?: string;
  job?: string;
}

type Given = Record<string, unknown>;

export function readFilters(given: Given): JobFilters {
  return {
    state: states(names(given.state))?.join(","),
    task: names(given.task),
    queue: names(given.queue),
    owner: text(given.owner),
    tag: text(given.tag),
    ...readTimes(given),
    min: amount(given.min),
    max: amount(given.max),
    cost: amount(given.cost),
    error: text(given.error),
    fingerprint: text(given.fingerprint),
    input: list(given.input),
    roots: given.roots === true || undefined,
  };
}

/** A range that moves with the time, or two fixed ends; never both. */
export function readTimes(given: Given): Pick<JobFilters, "range" | "from" | "until"> {
  const [from, until] = [time(given.from), time(given.until)];
  return { range: from || until ? undefined : range(given.range), from, until };
}

export function readSearch(given: Given): JobsSearch {
  return { ...readFilters(given), cols: text(given.cols), job: text(given.job) };
}

/** The names in "a,b". */
export function split(names: string | undefined): string[] {
  return names ? names.split(",") : [];
}

/** "a,b" with `name` put in or taken out; nothing when none is left. */
export function toggled(names: string | undefined, name: string): string | undefined {
  const all = split(names);
  return (all.includes(name) ? all.filter((other) => other !== name) : [...all, name]).join(",") || undefined;
}

/** The filters of a search, without what concerns only how the list is shown. */
export function filtersOf(search: JobsSearch): JobFilters {
  return compact({ ...search, cols: undefined, job: undefined });
}

export function isNarrowed(filters: JobFilters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}

/** What the list, the count by state and a bulk action are told of the filters. */
export function queryOf(filters: JobFilters, now = Date.now()) {
  return compact({
    state: states(filters.state),
    task: some(split(filters.task)),
    queue: some(split(filters.queue)),
    owner: filters.owner,
    tag: filters.tag,
    created_from: filters.range ? new Date(now - RANGES[filters.range] * 1000).toISOString() : filters.from,
    created_until: filters.until,
    min_seconds: filters.min,
    max_seconds: filters.max,
    min_cost_nano_usd: filters.cost,
    error: filters.error,
    fingerprint: filters.fingerprint,
    input: filters.input,
    children: filters.roots ? false : undefined,
  });
}

function states(given: string | undefined): State[] | undefined {
  const asked = split(given);
  return some(STATES.filter((state) => asked.includes(state)));
}

function some<T>(values: T[]): T[] | undefined {
  return values.length > 0 ? values : undefined;
}

function compact<T extends object>(given: T): T {
  const kept = { ...given };
  for (const name in kept) if (kept[name] === undefined) Reflect.deleteProperty(kept, name);
  return kept;
}

/** The router reads `?owner=7` as a number: here it is the text again. */
function text(given: unknown): string | undefined {
  if (typeof given === "number" || typeof given === "boolean") return String(given);
  return typeof given === "string" && given.trim() ? given.trim() : undefined;
}

function names(given: unknown): string | undefined {
  const all = Array.isArray(given) ? given.map(text).join(",") : text(given);
  return all?.split(",").filter(Boolean).join(",") || undefined;
}

function list(given: unknown): string[] | undefined {
  const all = (Array.isArray(given) ? given : [given]).map(text);
  return some(all.filter((one) => one?.includes("=") === true).map(String));
}

function amount(given: unknown): number | undefined {
  const number = typeof given === "string" && given ? Number(given) : given;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}

function time(given: unknown): string | undefined {
  const iso = text(given);
  return iso && !Number.isNaN(Date.parse(iso)) ? new Date(iso).toISOString() : undefined;
}

function range(given: unknown): Range | undefined {
  const named = text(given);
  for (const name in RANGES) if (isRange(name) && name === named) return name;
  return undefined;
}

function isRange(name: string): name is Range {
  return name in RANGES;
}
