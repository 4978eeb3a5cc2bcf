/** Keeps the row that one reads where it is while rows come and go above it; all rows are equally high. */

import { useLayoutEffect, useRef } from "react";

import type { Row } from "./rows";

/** `first` is the index of the first row on screen, 0 at the top: there new rows push the others down. */
export function useAnchor(rows: Row[], first: () => number, shift: (rows: number) => void): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    if (before.current === rows) return;
    const index = first();
    const read = index > 0 ? before.current[index] : undefined;
    before.current = rows;
    if (!read) return;
    const now = rows.findIndex(({ id }) => id <= read.id);
    if (now >= 0 && now !== index) shift(now - index);
  });
}
