import { expect, test } from "vitest";

import { ticksBetween } from "./ticks";

test("lines stand at round times", () => {
  expect(ticksBetween(0, 6_400, 4)).toEqual([0, 2_000, 4_000, 6_000]);
  expect(ticksBetween(0, 1_400_000, 5)).toEqual([0, 300_000, 600_000, 900_000, 1_200_000]);
});

test("there are never more than asked for, however long it lasts", () => {
  for (const length of [3, 90, 7_777, 86_400_000, 1e12]) {
    expect(ticksBetween(0, length, 5).length).toBeLessThanOrEqual(6);
  }
});

test("a part in the middle has its lines at the same times", () => {
  expect(ticksBetween(2_500, 4_500, 4)).toEqual([2_500, 3_000, 3_500, 4_000, 4_500].filter((at) => at % 500 === 0));
});
