import { expect, test } from "vitest";

import { ago, between, bytes, count, money, took } from "./words";

test("durations read in the unit that says most", () => {
  expect([0, 820, 12_300, 245_000, 59_999, 12_000_000, 200_000_000].map(took)).toEqual([
    "0 ms",
    "820 ms",
    "12.3 s",
    "4 min 5 s",
    "1 min 0 s",
    "3 h 20 min",
    "2 d 8 h",
  ]);
});

test("small amounts of money keep two digits that say something", () => {
  expect([0, 1_234, 12_300_000, 123_456_789, 5_000_000_000_000].map(money)).toEqual([
    "$0",
    "$0.0000012",
    "$0.012",
    "$0.12",
    "$5,000.00",
  ]);
});

test("big counts are shortened", () => {
  expect([7, 99_999, 123_456, 5_000_000].map(count)).toEqual(["7", "99,999", "123.5K", "5M"]);
});

test("bytes read in powers of 1,024", () => {
  expect([0, 1_023, 1_536, 5_368_709_120].map(bytes)).toEqual(["0 B", "1,023 B", "1.5 KiB", "5 GiB"]);
});

test("times read by how long ago they are", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  expect(ago("2026-11-20T11:59:58Z", now)).toBe("just now");
  expect(ago("2026-11-20T11:55:00Z", now)).toBe("5 min. ago");
  expect(ago("2026-11-20T14:00:00Z", now)).toBe("in 2 hr.");
  expect(between("2026-11-20T11:55:00Z", "2026-11-20T11:55:01.5Z")).toBe(1_500);
});
