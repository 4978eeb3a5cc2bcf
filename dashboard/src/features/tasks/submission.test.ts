import { expect, test } from "vitest";

import { NO_OPTIONS, countOf, shownOf, submissionOf } from "./submission";

test("what was left empty is not sent", () => {
  expect(submissionOf("mill.grind", undefined, NO_OPTIONS)).toEqual({ task: "mill.grind", if_exists: "return" });
});

test("a null input is sent: it is a value", () => {
  expect(submissionOf("mill.grind", null, NO_OPTIONS).input).toBeNull();
});

test("what was chosen is sent, times in UTC", () => {
  const options = {
    ...NO_OPTIONS,
    priority: 0,
    runAt: "2026-03-01T10:00",
    uniqueKey: " a ",
    tags: ["x"],
    owner: "ada",
  };
  const body = submissionOf("mill.grind", { a: 1 }, options);
  expect(body).toEqual({
    task: "mill.grind",
    input: { a: 1 },
    if_exists: "return",
    priority: 0,
    run_at: new Date("2026-03-01T10:00").toISOString(),
    unique_key: "a",
    tags: ["x"],
    owner: "ada",
  });
  expect(countOf(options)).toBe(5);
});

test("what becomes of an equal job is shown only where there can be one", () => {
  expect(shownOf(submissionOf("a.b", 1, NO_OPTIONS))).toEqual({ task: "a.b", input: 1 });
  expect(shownOf(submissionOf("a.b", 1, { ...NO_OPTIONS, uniqueKey: "k" }))).toHaveProperty("if_exists");
});
