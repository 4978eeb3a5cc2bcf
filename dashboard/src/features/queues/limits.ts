/** What bounds a queue, in words and as it is sent. */

import type { Schemas } from "@/api/client";
import { took } from "@/lib/words";

export type Queue = Schemas["QueueView"];

/** "at most 3 at once, one every 6.0 s"; nothing where there is no limit. */
export function limitWords({ concurrency, spacing_seconds }: Queue): string {
  const parts: string[] = [];
  if (concurrency !== null) parts.push(`at most ${String(concurrency)} at once`);
  if (spacing_seconds !== null) parts.push(`one every ${took(spacing_seconds * 1000)}`);
  return parts.join(", ");
}

export interface Typed {
  concurrency: number | "";
  starts: number | "";
  seconds: number | "";
}

/** The dialog as it begins: a spacing of 6 s is 10 starts in 60 s. */
export function typedOf({ concurrency, spacing_seconds }: Queue): Typed {
  const [starts, seconds] = spacing_seconds === null ? ["" as const, 60] : rateOf(spacing_seconds);
  return { concurrency: concurrency ?? "", starts, seconds };
}

export function limitsOf({ concurrency, starts, seconds }: Typed): Schemas["QueueLimits"] {
  return {
    concurrency: concurrency === "" ? null : concurrency,
    rate: starts === "" || seconds === "" ? null : { count: starts, seconds },
  };
}

function rateOf(spacing: number): [number, number] {
  if (spacing >= 60) return [1, spacing];
  const inMinute = 60 / spacing;
  return Number.isInteger(inMinute) ? [inMinute, 60] : [1, spacing];
}
