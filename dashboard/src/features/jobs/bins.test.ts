import { expect, test } from "vitest";

import { binsOf, stepOf, windowOf } from "./bins";

const now = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;

test("without a time the last day is shown", () => {
  expect(windowOf({}, now)).toEqual({ from: now - 24 * HOUR, to: now });
  expect(windowOf({ range: "1h" }, now)).toEqual({ from: now - HOUR, to: now });
  expect(windowOf({ from: "2026-11-20T10:00:00Z" }, now)).toEqual({ from: now - 2 * HOUR, to: now });
});

test("minutes are asked for only as long as they are kept", () => {
  expect(stepOf({ from: now - HOUR, to: now }, now)).toBe("minute");
  expect(stepOf({ from: now - 30 * HOUR, to: now - 29 * HOUR }, now)).toBe("hour");
  expect(stepOf({ from: now - 720 * HOUR, to: now }, now)).toBe("day");
});

test("points are put together into few bars, and none is lost", () => {
  const points = Array.from({ length: 360 }, (_, minute) => ({
    at: new Date(now - (360 - minute) * 60_000).toISOString(),
    outcomes: { completed: 2, failed: 1 },
    duration_ms: null,
    success_rate: null,
  }));
  const bins = binsOf({ from: now - 6 * HOUR, to: now }, "minute", points);
  expect(bins.length).toBeLessThanOrEqual(72);
  expect(bins.reduce((sum, bin) => sum + bin.completed, 0)).toBe(720);
  expect(bins.reduce((sum, bin) => sum + bin.failed, 0)).toBe(360);
});

test("hours in which nothing ended are empty bars", () => {
  const bins = binsOf({ from: now - 24 * HOUR, to: now }, "hour", []);
  expect(bins).toHaveLength(24);
  expect(bins[0]).toMatchObject({ from: now - 24 * HOUR, to: now - 23 * HOUR, completed: 0 });
});
