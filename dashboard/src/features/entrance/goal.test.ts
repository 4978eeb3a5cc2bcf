import { expect, test } from "vitest";

import { goalOf } from "./goal";

test("one goes on to the page one came for", () => {
  expect(goalOf("/jobs?state=failed#top")).toBe("/jobs?state=failed#top");
  expect(goalOf(undefined)).toBe("/");
});

test("no address leads to another site, or round in a circle", () => {
  const bad = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
    "jobs",
    "/login?next=/login",
    "http://[",
  ];
  expect(bad.map(goalOf)).toEqual(bad.map(() => "/"));
});
