/** How parts of a job read in a list. */

import { isFinal } from "@/lib/words";

import type { JobItem } from "./firstPage";

/** Whether it was told to stop and goes on for now. */
export function isStopping({ cancel_requested_at, state }: Pick<JobItem, "cancel_requested_at" | "state">): boolean {
  return cancel_requested_at !== null && !isFinal(state);
}

/** Since when it waits to run, or waited before its first run: a time it was to start at doesn't count. */
export function waitedFrom({ created_at, run_at }: Pick<JobItem, "created_at" | "run_at">): string {
  return run_at && run_at > created_at ? run_at : created_at;
}

/** "KeyError" for "builtins.KeyError": where a class stands is no news in a list. */
export function errorName(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

export function errorWords({ type, message }: { type?: string | null; message: string }): string {
  return type ? `${errorName(type)}: ${message}` : message;
}
