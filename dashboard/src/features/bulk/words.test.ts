import { expect, test } from "vitest";

import type { BulkAction } from "./queries";
import { filterWords, fractionOf, searchOf, titleOf } from "./words";

function bulk(given: Partial<BulkAction>): BulkAction {
  return {
    id: "b",
    action: "retry",
    from_step: null,
    state: "running",
    filter: {},
    ids: 0,
    searched: null,
    total: { count: 200, is_exact: true, text: "200" },
    done: 50,
    skipped: 50,
    created_at: "2026-11-21T12:00:00Z",
    finished_at: null,
    links: {},
    ...given,
  };
}

const MANY = { count: 10_000, is_exact: false, text: "10,000+" };

test("a bulk action is titled by what it does to how many", () => {
  expect(titleOf(bulk({}))).toBe("Retry 200 jobs");
  expect(titleOf(bulk({ action: "delete", total: { count: 1, is_exact: true, text: "1" } }))).toBe("Delete 1 job");
  expect(titleOf(bulk({ action: "replay", from_step: "draft", total: MANY }))).toBe("Replay 10,000+ jobs from draft");
});

test("its filter reads in words, and leads to the list", () => {
  const action = bulk({ filter: { state: ["failed", "cancelled"], task: ["mill.grind"], owner: "acme" } });
  expect(filterWords(action)).toBe("failed or cancelled, task mill.grind, owner acme");
  expect(searchOf(action)).toMatchObject({ state: "failed,cancelled", task: "mill.grind", owner: "acme" });
  expect(filterWords(bulk({}))).toBe("all jobs");
});

test("its part done is known only while its total is", () => {
  expect(fractionOf(bulk({}))).toBe(0.5);
  expect(fractionOf(bulk({ total: MANY }))).toBeUndefined();
  expect(fractionOf(bulk({ total: MANY, state: "completed" }))).toBe(1);
});
