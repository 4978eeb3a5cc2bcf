/** What of the approvals the URL says: which tab, and which wait is open. */

import type { WaitState } from "./queries";

export const TABS = {
  open: "Open",
  answered: "Answered",
  expired: "Expired",
  closed: "Job ended",
} as const satisfies Partial<Record<WaitState, string>>;
export type Tab = keyof typeof TABS;

export interface ApprovalsSearch {
  tab?: Tab;
  wait?: string;
}

export function readApprovals(given: Record<string, unknown>): ApprovalsSearch {
  return {
    tab: isTab(given.tab) && given.tab !== "open" ? given.tab : undefined,
    wait: typeof given.wait === "string" ? given.wait : undefined,
  };
}

export function isTab(given: unknown): given is Tab {
  return typeof given === "string" && given in TABS;
}
