/**
 * The rows of a list that is loaded page by page, downwards, while it changes at the top. Rows stand in the order of
 * their ids, the newest first, as the API's pages do; a page says how things are between its first and its last id.
 */

export interface Row {
  id: string;
}

export interface RowPage<T> {
  items: T[];
  next_cursor?: string | null;
}

/** Where a page ended: the next one begins below `id`. */
interface Mark {
  id: string;
  cursor: string;
}

export interface Rows<T> {
  items: T[];
  /** Ends of pages, downwards; the last one is where to load on, unless everything is there. */
  marks: Mark[];
  isWhole: boolean;
  /** There is more new than a page holds, and it was not taken in: somebody was reading further down. */
  isBehind: boolean;
}

/** As many rows as are held: a page more than can be looked at in earnest. */
export const ROWS_MAX = 3_000;
const APART = 50;

export function firstRows<T extends Row>(page: RowPage<T>): Rows<T> {
  return { items: page.items, marks: markOf(page), isWhole: !page.next_cursor, isBehind: false };
}

/** Where to load on. */
export function nextCursor<T extends Row>({ marks, isWhole }: Rows<T>): string | undefined {
  return isWhole ? undefined : marks.at(-1)?.cursor;
}

/** The rows with an older page below them. */
export function withOlder<T extends Row>(rows: Rows<T>, page: RowPage<T>): Rows<T> {
  const last = rows.items.at(-1)?.id;
  const older = page.items.filter(({ id }) => !last || id < last);
  return {
    ...rows,
    items: [...rows.items, ...older],
    marks: [...rows.marks, ...markOf(page)],
    isWhole: !page.next_cursor,
  };
}

/** The rows as the newest page says they are now; `isReading` keeps what somebody reads, however much is new. */
export function withNewest<T extends Row>(rows: Rows<T>, page: RowPage<T>, isReading: boolean): Rows<T> {
  const first = rows.items[0]?.id;
  const last = page.items.at(-1)?.id;
  const hasGap = first !== undefined && last !== undefined && last > first && page.next_cursor;
  if (hasGap) return isReading ? { ...rows, isBehind: true } : firstRows(page);
  return trimmed({ ...spliced(rows, page, undefined), isBehind: false });
}

/** The mark of the page that holds the row at `index`, if it isn't on the first page. */
export function markAbove<T extends Row>({ items, marks }: Rows<T>, index: number): Mark | undefined {
  const id = items[index]?.id;
  return id === undefined ? undefined : marks.findLast((mark) => mark.id > id);
}

/** The rows as a page that begins below `above` says they are now. */
export function spliced<T extends Row>(rows: Rows<T>, page: RowPage<T>, above: string | undefined): Rows<T> {
  const last = page.next_cursor ? page.items.at(-1)?.id : undefined;
  const before = above ? rows.items.filter(({ id }) => id >= above) : [];
  const after = last ? rows.items.filter(({ id }) => id < last) : [];
  const items = [...before, ...page.items, ...after];
  const marks = [...rows.marks, ...markOf(page)].sort((one, other) => (one.id < other.id ? 1 : -1));
  const isWhole = after.length > 0 ? rows.isWhole : !page.next_cursor;
  return { ...rows, items, marks: thinned(items, marks, after.length > 0 ? "" : (last ?? "")), isWhole };
}

/** How many rows are newer than the one with the id `seen`. */
export function countNewer(items: Row[], seen: string | undefined): number {
  if (!seen) return 0;
  const at = items.findIndex(({ id }) => id <= seen);
  return at < 0 ? items.length : at;
}

/** Of marks that stand close together only one, and none below `end`; the last one stays: there the list is loaded on. */
function thinned<T extends Row>(items: T[], marks: Mark[], end: string): Mark[] {
  let at = -APART;
  return marks.filter(({ id }, place) => {
    if (id < end || id === marks[place - 1]?.id) return false;
    const index = items.findIndex((row) => row.id <= id);
    if (place < marks.length - 1 && index >= 0 && index - at < APART) return false;
    at = index;
    return true;
  });
}

/** Let go of the oldest pages when new rows have made the list too long. */
function trimmed<T extends Row>(rows: Rows<T>): Rows<T> {
  if (rows.items.length <= ROWS_MAX * 1.5) return rows;
  const end = rows.items[ROWS_MAX]?.id ?? "";
  const marks = rows.marks.filter(({ id }) => id > end);
  const last = marks.at(-1)?.id;
  return last ? { ...rows, marks, items: rows.items.filter(({ id }) => id >= last), isWhole: false } : rows;
}

function markOf<T extends Row>({ items, next_cursor }: RowPage<T>): Mark[] {
  const id = items.at(-1)?.id;
  return next_cursor && id ? [{ id, cursor: next_cursor }] : [];
}
