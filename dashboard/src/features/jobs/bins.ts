/** The histogram's bars: points of the counters' series, put together until there are few enough to draw. */

import type { Schemas } from "@/api/client";

import { type JobFilters, RANGES } from "./search";

export interface Bin {
  from: number;
  to: number;
  completed: number;
  failed: number;
  cancelled: number;
}

export interface Window {
  from: number;
  to: number;
}

const BINS_MAX = 72;
const STEP_MS: Record<Schemas["Step"], number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const DAY_MS = STEP_MS.day;
const MINUTES_KEPT_MS = 6 * STEP_MS.hour;

/** The time the histogram covers: what is asked for, else the last day. */
export function windowOf({ range, from, until }: JobFilters, now = Date.now()): Window {
  if (range) return { from: now - RANGES[range] * 1000, to: now };
  const to = until ? Date.parse(until) : now;
  return { from: from ? Date.parse(from) : to - DAY_MS, to };
}

/** The finest step that the counters have of this time; older than six hours they are kept by the hour. */
export function stepOf({ from, to }: Window, now = Date.now()): Schemas["Step"] {
  if (from > now - MINUTES_KEPT_MS * 0.98 && to - from <= MINUTES_KEPT_MS) return "minute";
  return to - from <= 7.5 * DAY_MS ? "hour" : "day";
}

export function binsOf({ from, to }: Window, step: Schemas["Step"], points: Schemas["PointView"][]): Bin[] {
  const size = STEP_MS[step];
  const begin = Math.floor(from / size) * size;
  const steps = Math.max(1, Math.ceil((to - begin) / size));
  const width = Math.ceil(steps / BINS_MAX) * size;
  const bins = Array.from({ length: Math.ceil((steps * size) / width) }, (_, place): Bin => {
    const at = begin + place * width;
    return { from: at, to: at + width, completed: 0, failed: 0, cancelled: 0 };
  });
  for (const { at, outcomes } of points) {
    const bin = bins[Math.floor((Date.parse(at) - begin) / width)];
    if (!bin) continue;
    bin.completed += outcomes.completed ?? 0;
    bin.failed += outcomes.failed ?? 0;
    bin.cancelled += outcomes.cancelled ?? 0;
  }
  return bins;
}
