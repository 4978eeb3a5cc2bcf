/** How the time that a list is narrowed to reads. */

import { type JobFilters, RANGE_LABEL } from "./search";

export type Times = Pick<JobFilters, "range" | "from" | "until">;

export const SHORT = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** "Last hour", "20 Nov, 10:00 to 12:00", "since 20 Nov, 10:00". */
export function wordsOf({ range, from, until }: Times): string {
  if (range) return RANGE_LABEL[range];
  const [begin, end] = [from && new Date(from), until && new Date(until)];
  if (begin && end) return SHORT.formatRange(begin, end);
  if (begin) return `since ${SHORT.format(begin)}`;
  return end ? `until ${SHORT.format(end)}` : "";
}
