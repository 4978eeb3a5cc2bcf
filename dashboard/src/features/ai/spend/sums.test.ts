import { expect, test } from "vitest";

import type { Spend } from "../queries";
import { readSpendSearch, wantedOf } from "../search";
import { csvOf, daysOf, totalOf } from "./sums";

const ROW: Spend = {
  day: null,
  task: null,
  owner: null,
  provider: null,
  model: null,
  calls: 4,
  failed: 1,
  lost: 1,
  cached: 0,
  unpriced: 0,
  repairs: 2,
  input_tokens: 100,
  output_tokens: 20,
  cached_tokens: 50,
  reasoning_tokens: 5,
  cost_nano_usd: 1_500_000_000,
  p50_ms: 900,
  p95_ms: null,
  first_token_ms: 300,
};

test("sums add up, failed and lost calls together", () => {
  expect(totalOf([ROW, ROW])).toMatchObject({
    cost: 3_000_000_000,
    calls: 8,
    failed: 4,
    input: 200,
    cachedTokens: 100,
  });
});

test("days without a call are in the chart, too", () => {
  const days = daysOf([{ ...ROW, day: "2026-02-28" }], "2026-02-27", "2026-03-01");
  expect(days).toEqual([
    { day: "2026-02-27", cost: 0 },
    { day: "2026-02-28", cost: 1.5 },
    { day: "2026-03-01", cost: 0 },
  ]);
});

test("a file quotes what has commas, and disarms formulas", () => {
  const lines = csvOf("task", [
    { ...ROW, task: 'a,"b"' },
    { ...ROW, task: "=1+1" },
  ]).split("\r\n");
  expect(lines[0]).toMatch(/^task,calls,failed/);
  expect(lines[1]).toMatch(/^"a,""b""",4,1,1,0,0,2,100,20,50,5,1500000000,900,,300$/);
  expect(lines[2]).toMatch(/^'=1\+1,/);
});

test("a range counts back from its last day, and what can't be read is left out", () => {
  const now = Date.parse("2026-11-22T09:00:00Z");
  expect(wantedOf({ range: "7d" }, now)).toMatchObject({ from: "2026-11-16", to: "2026-11-22" });
  expect(wantedOf({ from: "2026-12-01", to: "2026-11-01" }, now)).toMatchObject({
    from: "2026-11-01",
    to: "2026-11-01",
  });
  expect(readSpendSearch({ by: "hour", range: "1y", from: "yesterday", task: 7 })).toEqual({ task: "7" });
});
