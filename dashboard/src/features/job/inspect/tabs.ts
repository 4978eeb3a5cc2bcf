/** Which tabs a job has: those that say something, in the same order always. */

import { isFinal } from "@/lib/words";

import { TABS, type Tab } from "../look";
import type { Job } from "../queries";
import type { JobParts } from "../useJobParts";

const LABEL: Record<Tab, string> = {
  text: "Text",
  result: "Result",
  error: "Error",
  input: "Input",
  ai: "AI calls",
  waits: "Waits",
  children: "Children",
  logs: "Log",
  events: "Events",
  attempts: "Attempts",
};

/** The tab that is open without being asked for. */
export function usualTab(job: Job): Tab {
  if (job.state === "failed") return "error";
  if (job.state === "waiting") return "waits";
  return isFinal(job.state) ? "result" : "text";
}

/** The tab that was asked for is there at once: what it shows may still be on its way. */
export function tabsOf(parts: JobParts, asked: Tab): Tab[] {
  const isBegun = parts.recording.own.state !== null;
  return TABS.filter((tab) => isThere(tab, parts) || (tab === asked && !isBegun));
}

export function labelOf(tab: Tab, { waits, children, calls, attempts, more }: JobParts): string {
  const counts: Partial<Record<Tab, number>> = {
    ai: calls.length,
    waits: waits.length,
    children: children.length,
    attempts: attempts.length,
  };
  const number = counts[tab];
  if (number === undefined || number === 0) return LABEL[tab];
  const hasMore = (tab === "ai" && more.calls !== null) || (tab === "children" && more.children !== null);
  return `${LABEL[tab]} ${String(number)}${hasMore ? "+" : ""}`;
}

function isThere(tab: Tab, { job, waits, children, calls, recording }: JobParts): boolean {
  switch (tab) {
    case "error":
      return job.error !== null;
    case "ai":
      return calls.length > 0;
    case "waits":
      return waits.length > 0;
    case "children":
      return children.length > 0;
    case "text":
      return !isFinal(job.state) || [recording.own, ...recording.children].some(({ events }) => events.some(isText));
    default:
      return true;
  }
}

function isText({ type }: { type: string }): boolean {
  return type === "text";
}
