/** What part of the time a recording has. */

import type { Recording } from "../told/recording";

const LEAST_MS = 100;

/** From the first thing a job or its children told to the last; null where that is too short to play. */
export function spanOfEvents({ own, children }: Recording): [number, number] | null {
  let from = Infinity;
  let to = -Infinity;
  for (const { events } of [own, ...children]) {
    from = Math.min(from, events[0]?.at ?? Infinity);
    to = Math.max(to, events.at(-1)?.at ?? -Infinity);
  }
  return to - from >= LEAST_MS ? [from - 1, to] : null;
}
