import { expect, test } from "vitest";

import { type Queue, limitWords, limitsOf, typedOf } from "./limits";

const QUEUE: Queue = {
  name: "mill",
  paused: false,
  concurrency: null,
  spacing_seconds: null,
  workers: 1,
  depth: { count: 0, is_exact: true, text: "0" },
  oldest_ready_at: null,
  oldest_age_seconds: null,
};

test("limits are told in words", () => {
  expect(limitWords(QUEUE)).toBe("");
  expect(limitWords({ ...QUEUE, concurrency: 3, spacing_seconds: 6 })).toBe("at most 3 at once, one every 6.0 s");
});

test("what the dialog shows is sent back as it was", () => {
  expect(limitsOf(typedOf({ ...QUEUE, concurrency: 3, spacing_seconds: 6 }))).toEqual({
    concurrency: 3,
    rate: { count: 10, seconds: 60 },
  });
  expect(limitsOf(typedOf({ ...QUEUE, spacing_seconds: 90 })).rate).toEqual({ count: 1, seconds: 90 });
});

test("an emptied field lifts its limit", () => {
  expect(limitsOf({ concurrency: "", starts: "", seconds: 60 })).toEqual({ concurrency: null, rate: null });
});
