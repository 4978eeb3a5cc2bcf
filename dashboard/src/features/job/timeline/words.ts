/** A row in words: for readers, and for the list. */

import { took } from "@/lib/words";

import { nameOf } from "./look";
import type { Row } from "./rows";

/** "Step draft, done, began after 1.2 s, took 400 ms". */
export function describe(row: Row, begin: number, now: number): string {
  const head = nameOf(row);
  if (row.kind === "stored") return head;
  const waited = row.queuedFrom === null ? 0 : row.from - row.queuedFrom;
  return [
    head,
    row.state,
    waited >= 1 && `waited ${took(waited)}`,
    `began after ${took(row.from - begin)}`,
    `${row.to === null ? "for" : "took"} ${took((row.to ?? now) - row.from)}`,
  ]
    .filter(Boolean)
    .join(", ");
}
