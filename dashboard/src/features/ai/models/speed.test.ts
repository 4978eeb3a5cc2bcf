import { expect, test } from "vitest";

import type { Call } from "../queries";
import { doingOf, priceOf } from "./speed";

function call(part: Partial<Call>): Call {
  return {
    id: "1",
    job_id: "2",
    run: 1,
    step: "text",
    task: "a.b",
    owner: null,
    provider: "openai",
    model: "gpt-5",
    answered_by: null,
    state: "ok",
    rung: "first",
    started_at: "2026-11-22T09:00:00.000Z",
    finished_at: "2026-11-22T09:00:01.000Z",
    first_token_ms: 200,
    input_tokens: 10,
    output_tokens: 5,
    cached_tokens: 0,
    reasoning_tokens: 0,
    is_estimated: false,
    is_cached: false,
    cost_nano_usd: 1,
    reserved_nano_usd: 2,
    price: null,
    finish_reason: "stop",
    error_code: null,
    error_message: null,
    ...part,
  };
}

const slow = call({ finished_at: "2026-11-22T09:00:09.000Z", first_token_ms: 900 });

test("open calls and answers that were kept count for nothing, failed ones for no time", () => {
  const doing = doingOf([
    call({}),
    call({}),
    slow,
    call({ state: "error", first_token_ms: null, finished_at: "2026-11-22T09:05:00.000Z" }),
    call({ rung: "again" }),
    call({ is_cached: true, finished_at: "2026-11-22T09:00:00.000Z" }),
    call({ state: "open", finished_at: null }),
  ]);
  expect(doing).toEqual({ calls: 5, p50: 1_000, p95: 9_000, firstToken: 200, failed: 1, repairs: 1 });
});

test("without a call there is no time, and no price without one that was kept", () => {
  expect(doingOf([])).toEqual({ calls: 0, p50: null, p95: null, firstToken: null, failed: 0, repairs: 0 });
  expect(priceOf([call({})])).toBeNull();
  expect(priceOf([call({}), call({ price: { input_mtok: "1.25000", output_mtok: "10.000" } })])).toEqual({
    input: "1.25",
    cached_input: "–",
    output: "10",
  });
});
