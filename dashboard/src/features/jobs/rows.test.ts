import { expect, test } from "vitest";

import {
  ROWS_MAX,
  type RowPage,
  type Rows,
  countNewer,
  firstRows,
  markAbove,
  nextCursor,
  spliced,
  withNewest,
  withOlder,
} from "./rows";

interface Item {
  id: string;
  note?: string;
}

const id = (number: number): string => String(number).padStart(6, "0");

/** The rows from `first` down to `last`, with a cursor unless the list ends there. */
function page(first: number, last: number, note?: string): RowPage<Item> {
  const items = Array.from({ length: first - last + 1 }, (_, place) => ({ id: id(first - place), note }));
  return { items, next_cursor: last > 1 ? `below ${String(last)}` : null };
}

const ids = (rows: Rows<Item>): number[] => rows.items.map((item) => Number(item.id));

test("older pages are added below, until everything is there", () => {
  const begun = firstRows(page(300, 201));
  expect(nextCursor(begun)).toBe("below 201");
  const more = withOlder(begun, page(200, 101));
  expect(ids(more)).toHaveLength(200);
  const all = withOlder(more, page(100, 1));
  expect(nextCursor(all)).toBeUndefined();
  expect(ids(all).at(-1)).toBe(1);
});

test("new rows come to the top, changed ones are replaced, and older pages stay", () => {
  const rows = withOlder(firstRows(page(300, 201)), page(200, 101));
  const newest = withNewest(rows, page(310, 211, "changed"), false);
  expect(newest.items).toHaveLength(210);
  expect(newest.items.filter(({ note }) => note === "changed")).toHaveLength(100);
  expect(nextCursor(newest)).toBe("below 101");
  expect(countNewer(newest.items, id(300))).toBe(10);
});

test("rows that are asked for no more leave", () => {
  const rows = firstRows(page(100, 1));
  const left = withNewest(rows, { items: page(100, 1).items.filter((_, place) => place % 2 === 0) }, true);
  expect(left.items).toHaveLength(50);
});

test("rows leave from the middle of a list that goes on", () => {
  const rows = withOlder(firstRows(page(300, 201)), page(200, 101));
  const gone = new Set([id(290), id(250)]);
  const now = page(300, 199);
  const left = withNewest(rows, { ...now, items: now.items.filter((row) => !gone.has(row.id)) }, true);
  expect(left.items).toHaveLength(198);
  expect(nextCursor(left)).toBe("below 101");
});

test("more new rows than a page holds begin the list anew, unless somebody is reading", () => {
  const rows = firstRows(page(300, 201));
  expect(ids(withNewest(rows, page(900, 801), false))[0]).toBe(900);
  const reading = withNewest(rows, page(900, 801), true);
  expect(ids(reading)[0]).toBe(300);
  expect(reading.isBehind).toBe(true);
});

test("what one looks at further down is asked for from the page's mark above it", () => {
  const rows = withOlder(withOlder(firstRows(page(300, 201)), page(200, 101)), page(100, 1));
  expect(markAbove(rows, 30)).toBeUndefined();
  expect(markAbove(rows, 150)?.cursor).toBe("below 201");
  const seen = spliced(rows, page(200, 101, "changed"), id(201));
  expect(seen.items).toHaveLength(300);
  expect(seen.items.filter(({ note }) => note === "changed")).toHaveLength(100);
  expect(seen.isWhole).toBe(true);
});

test("marks don't pile up while rows come one by one", () => {
  let rows = firstRows(page(300, 201));
  for (let newest = 301; newest <= 600; newest += 1) rows = withNewest(rows, page(newest, newest - 99), true);
  expect(rows.items).toHaveLength(400);
  expect(rows.marks.length).toBeLessThan(10);
  expect(markAbove(rows, 350)).toBeDefined();
  expect(nextCursor(rows)).toBe("below 201");
});

test("a list that grows at the top lets go of its end, and can load it again", () => {
  let rows = firstRows(page(1_000, 901));
  rows = withOlder(rows, page(900, 801));
  for (let newest = 1_050; newest <= 8_000; newest += 50) rows = withNewest(rows, page(newest, newest - 99), true);
  expect(rows.items.length).toBeLessThanOrEqual(ROWS_MAX * 1.5 + 50);
  expect(nextCursor(rows)).toBe(`below ${String(ids(rows).at(-1))}`);
});

test("an empty list takes what comes", () => {
  const rows = withNewest(firstRows<Item>({ items: [] }), page(3, 1), false);
  expect(ids(rows)).toEqual([3, 2, 1]);
});
