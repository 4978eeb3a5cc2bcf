import { expect, test } from "vitest";

import { queryOf, readSearch, toggled } from "./search";

test("a search keeps what it knows and drops the rest", () => {
  const search = readSearch({ state: "failed,lost,running", owner: 7, range: "1h", min: "2", input: "a.b=1", q: "?" });
  expect(JSON.parse(JSON.stringify(search))).toEqual({
    state: "running,failed",
    owner: "7",
    range: "1h",
    min: 2,
    input: ["a.b=1"],
  });
});

test("names may come as a list", () => {
  expect(readSearch({ task: ["a", "b"] }).task).toBe("a,b");
});

test("fixed ends of the time take the place of a moving range", () => {
  const { range, from } = readSearch({ range: "24h", from: "2026-11-20T10:00:00Z" });
  expect(range).toBeUndefined();
  expect(from).toBe("2026-11-20T10:00:00.000Z");
});

test("what makes no sense is left out", () => {
  const search = readSearch({ range: "9y", from: "yesterday", min: -1, max: "x", error: "  ", roots: "yes" });
  expect(Object.values(search).filter((value) => value !== undefined)).toEqual([]);
});

test("a name is put in and taken out", () => {
  expect(toggled(undefined, "failed")).toBe("failed");
  expect(toggled("failed,running", "failed")).toBe("running");
  expect(toggled("failed", "failed")).toBeUndefined();
});

test("the API is asked with times and lists", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  expect(queryOf({ state: "failed", task: "a,b", range: "1h", roots: true, min: 1.5 }, now)).toEqual({
    state: ["failed"],
    task: ["a", "b"],
    created_from: "2026-11-20T11:00:00.000Z",
    children: false,
    min_seconds: 1.5,
  });
  expect(queryOf({ until: "2026-11-20T12:00:00.000Z" }, now)).toEqual({ created_until: "2026-11-20T12:00:00.000Z" });
});
