/** Runs over time as charts want them: every step of the span has its point, also those in which nothing ended. */

import type { Schemas } from "@/api/client";

export type Series = Schemas["SeriesView"];
export type Point = Schemas["PointView"];
export type Count = Schemas["CountView"];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEP_MS: Record<Schemas["Step"], number> = { minute: MINUTE, hour: HOUR, day: 24 * HOUR };

/** What one can choose; the step is as fine as the charts can show and the server keeps. */
export const SPANS = {
  "1h": { label: "1 h", words: "the last hour", length: HOUR, step: "minute" },
  "24h": { label: "24 h", words: "the last 24 hours", length: 24 * HOUR, step: "hour" },
  "7d": { label: "7 days", words: "the last 7 days", length: 168 * HOUR, step: "hour" },
} as const;
export type Span = keyof typeof SPANS;

/** The span that a URL names; none where it names no such. */
export function readSpan(given: unknown): Span | undefined {
  return given === "1h" || given === "24h" || given === "7d" ? given : undefined;
}

/** Where the span begins: at the beginning of a step, so that the first point is whole. */
export function beginOf(span: Span, now = Date.now()): string {
  const { length, step } = SPANS[span];
  const size = STEP_MS[step];
  return new Date(Math.ceil((now - length) / size) * size).toISOString();
}

export interface Sample {
  at: number;
  completed: number;
  failed: number;
  cancelled: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** A sample for each step between the series' ends. */
export function samplesOf(series: Pick<Series, "from" | "to" | "bucket">, points: Point[]): Sample[] {
  const size = STEP_MS[series.bucket];
  const first = Math.floor(Date.parse(series.from) / size) * size;
  const last = Date.parse(series.to) - MINUTE;
  const known = new Map(points.map((point) => [Math.floor(Date.parse(point.at) / size) * size, point]));
  const samples: Sample[] = [];
  for (let at = first; at <= last; at += size) samples.push(sampleOf(at, known.get(at)));
  return samples;
}

function sampleOf(at: number, point: Point | undefined): Sample {
  const { completed = 0, failed = 0, cancelled = 0 } = point?.outcomes ?? {};
  const { p50 = null, p95 = null, p99 = null } = point?.duration_ms ?? {};
  return { at, completed, failed, cancelled, p50, p95, p99 };
}

/** How many jobs ended for good. */
export function endedOf({ outcomes }: Count): number {
  return (outcomes.completed ?? 0) + (outcomes.failed ?? 0) + (outcomes.cancelled ?? 0);
}

/** "99.3 %", never rounded up to all. */
export function percent(rate: number | null | undefined): string {
  if (rate === null || rate === undefined) return "–";
  if (rate === 1) return "100 %";
  return `${(Math.floor(rate * 1000) / 10).toLocaleString("en", { minimumFractionDigits: 1 })} %`;
}
