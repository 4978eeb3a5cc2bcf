import { expect, test } from "vitest";

import { beginOf, percent, samplesOf } from "./series";

test("every step of the span has a sample, and what the server counted is in its own", () => {
  const series = { from: "2026-03-01T10:00:00Z", to: "2026-03-01T14:01:00Z", bucket: "hour" as const };
  const samples = samplesOf(series, [
    { at: "2026-03-01T12:00:00Z", outcomes: { completed: 3, retried: 1 }, duration_ms: null, success_rate: 1 },
  ]);
  expect(samples.map(({ at }) => new Date(at).getUTCHours())).toEqual([10, 11, 12, 13, 14]);
  expect(samples.map(({ completed }) => completed)).toEqual([0, 0, 3, 0, 0]);
  expect(samples[2]?.p95).toBeNull();
});

test("a span begins with a whole step", () => {
  expect(beginOf("24h", Date.parse("2026-03-02T10:20:30Z"))).toBe("2026-03-01T11:00:00.000Z");
  expect(beginOf("1h", Date.parse("2026-03-02T10:20:00Z"))).toBe("2026-03-02T09:20:00.000Z");
});

test("one failure in many is not rounded away", () => {
  expect(percent(0.99999)).toBe("99.9 %");
  expect(percent(1)).toBe("100 %");
  expect(percent(null)).toBe("–");
});
