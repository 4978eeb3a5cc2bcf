import { expect, test } from "vitest";

import { BLANK, changesOf, conflictsOf } from "./draft";

const BASE = { ...BLANK, title: "Mills", summary: "Of water.", tags: ["water"], body: "Once." };

test("only the parts that differ are sent", () => {
  expect(changesOf(BASE, BASE)).toEqual({});
  expect(changesOf(BASE, { ...BASE, title: "Wheels", tags: ["water", "wood"] })).toEqual({
    title: "Wheels",
    tags: ["water", "wood"],
  });
});

test("spaces at an end, line breaks and empty sources are no change", () => {
  expect(
    changesOf(BASE, { ...BASE, title: " Mills ", summary: "Of\nwater.", sources: [{ title: "", url: " " }] }),
  ).toEqual({});
});

test("a conflict is a part that both changed, and differently", () => {
  const mine = { ...BASE, title: "Wheels", body: "Twice." };
  expect(conflictsOf(BASE, mine, { ...BASE, summary: "Of wind." })).toEqual([]);
  expect(conflictsOf(BASE, mine, { ...BASE, title: "Wheels" })).toEqual([]);
  expect(conflictsOf(BASE, mine, { ...BASE, title: "Stones", body: "Thrice." })).toEqual(["title", "body"]);
});
