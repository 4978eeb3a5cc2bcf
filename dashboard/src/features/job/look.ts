/** What of a job is looked at: the address says it, so that a look can be given away. */

export const TABS = [
  "text",
  "result",
  "error",
  "input",
  "ai",
  "waits",
  "children",
  "logs",
  "events",
  "attempts",
] as const;

export type Tab = (typeof TABS)[number];

export interface JobSearch {
  tab?: Tab;
  /** The row of the timeline that is open: `step:draft`, `run:2`, `ai:…`. */
  at?: string;
}

export interface Look extends JobSearch {
  onLook: (search: JobSearch) => void;
}

/** Read the address; what means nothing is left out. */
export function readJobSearch(search: Record<string, unknown>): JobSearch {
  const tab = TABS.find((name) => name === search.tab);
  const at = typeof search.at === "string" && search.at !== "" ? search.at : undefined;
  return { ...(tab && { tab }), ...(at && { at }) };
}
