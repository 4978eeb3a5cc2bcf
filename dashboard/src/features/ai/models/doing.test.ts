import { expect, test } from "vitest";

import type { Spend } from "../queries";
import { askedOf, perMillion, shareOf, time, withAsked } from "./doing";

const SUM: Spend = {
  day: null,
  task: null,
  owner: null,
  provider: "openai",
  model: "gpt-5",
  calls: 10,
  failed: 1,
  lost: 0,
  cached: 2,
  unpriced: 0,
  repairs: 1,
  input_tokens: 0,
  output_tokens: 0,
  cached_tokens: 0,
  reasoning_tokens: 0,
  cost_nano_usd: 0,
  p50_ms: 900,
  p95_ms: null,
  first_token_ms: null,
};

test("a price reads as dollars a million tokens", () => {
  expect(["1250.00000", "10000", "75.5", undefined].map(perMillion)).toEqual(["1.25", "10", "0.0755", "–"]);
});

test("kept answers say nothing of a model, and no call has no share", () => {
  expect(shareOf(SUM.repairs, askedOf(SUM))).toBe("12.5 %");
  expect([shareOf(0, 8), shareOf(0, 0), time(null), time(900)]).toEqual(["0 %", "–", "–", "900 ms"]);
});

test("a model that was asked and is gone stands after those that can be asked", () => {
  const known = { name: "openai:gpt-5", lacks: null, price: null };
  const models = withAsked([known], [SUM, { ...SUM, provider: "gone", model: "x" }]);
  expect(models.map(({ name }) => name)).toEqual(["openai:gpt-5", "gone:x"]);
});
