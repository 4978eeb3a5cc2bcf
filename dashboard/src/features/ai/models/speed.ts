/** How a model did in its newest calls. */

import { between } from "@/lib/words";

import type { Call } from "../queries";

export interface Doing {
  calls: number;
  /** Half of the answered calls took no longer, and 95 of 100; in ms, null where none was answered. */
  p50: number | null;
  p95: number | null;
  firstToken: number | null;
  failed: number;
  /** Calls that were made to repair an answer which was not what was asked for. */
  repairs: number;
}

export function doingOf(calls: readonly Call[]): Doing {
  const asked = calls.filter(({ is_cached: isKept, state }) => !isKept && state !== "open");
  const times = asked.flatMap(({ state, started_at: from, finished_at: to }) =>
    state === "ok" && to ? [between(from, to)] : [],
  );
  return {
    calls: asked.length,
    p50: atShare(times, 0.5),
    p95: atShare(times, 0.95),
    firstToken: atShare(
      asked.flatMap(({ first_token_ms: ms }) => (ms === null ? [] : [ms])),
      0.5,
    ),
    failed: asked.filter(({ state }) => state !== "ok").length,
    repairs: asked.filter(({ rung }) => rung === "again" || rung === "mended").length,
  };
}

/** What the newest call with a price was settled at: dollars a million tokens, as the models' list has them. */
export function priceOf(calls: readonly Call[]): { input: string; cached_input: string; output: string } | null {
  const price = calls.find(({ price: kept }) => kept !== null)?.price;
  if (!price) return null;
  const of = (name: string): string => (price[name] === undefined ? "–" : String(Number(price[name])));
  return { input: of("input_mtok"), cached_input: of("cache_read_mtok"), output: of("output_mtok") };
}

/** The least value that this share of all does not exceed. */
function atShare(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
