import { expect, test } from "vitest";

import { within, zoomed } from "./useZoom";

test("a zoom keeps the point under the pointer", () => {
  expect(zoomed([0, 1000], [0, 1000], 0.5, 0.25)).toEqual([125, 625]);
});

test("zooming out ends at the whole", () => {
  expect(zoomed([100, 900], [0, 1000], 2, 0.5)).toBeNull();
});

test("nothing is shown beyond the ends", () => {
  expect(within([-50, 150], [0, 1000])).toEqual([0, 200]);
  expect(within([900, 1200], [0, 1000])).toEqual([700, 1000]);
  expect(within([-5, 2000], [0, 1000])).toEqual([0, 1000]);
});

test("a zoom ends where nothing more can be told apart", () => {
  const closest = zoomed([0, 6], [0, 1000], 0.1, 0.5);
  expect(closest && closest[1] - closest[0]).toBe(5);
});
