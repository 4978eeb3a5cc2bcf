/** What is done to many jobs at once: as a bulk action of the server, or job by job for those that were ticked. */

import { type Schemas, api, ask } from "@/api/client";
import { Problem } from "@/api/problem";
import { isFinal } from "@/lib/words";

import { type JobFilters, queryOf, split } from "./search";
import type { JobItem } from "./firstPage";

export type BulkVerb = "cancel" | "retry" | "delete";

export const VERBS: Record<BulkVerb, { label: string; did: string; warning: string }> = {
  cancel: {
    label: "Cancel",
    did: "cancelled",
    warning: "Running ones are stopped. A cancelled job never runs again; it can be retried as a new one.",
  },
  retry: { label: "Retry", did: "retried", warning: "Each is submitted again as a new job with the same input." },
  delete: {
    label: "Delete",
    did: "deleted",
    warning: "They are gone for good, with their results, events and texts.",
  },
};

/** Whether a verb fits a job as it stands. */
export function fits(verb: BulkVerb, { state }: Pick<JobItem, "state">): boolean {
  return verb === "cancel" ? !isFinal(state) : isFinal(state);
}

const FINAL: Schemas["State"][] = ["completed", "failed", "cancelled"];
const OPEN: Schemas["State"][] = ["scheduled", "queued", "blocked", "running", "waiting"];
/** Retrying everything that matches means what went wrong, unless states were asked for. */
const MEANT: Record<BulkVerb, Schemas["State"][]> = { cancel: OPEN, retry: ["failed", "cancelled"], delete: FINAL };
const POSSIBLE: Record<BulkVerb, Schemas["State"][]> = { cancel: OPEN, retry: FINAL, delete: FINAL };

/** The states whose jobs a verb takes out of a filter: those it asks for, as far as they fit. */
export function statesFor(verb: BulkVerb, filters: JobFilters): Schemas["State"][] {
  const asked = split(filters.state);
  return asked.length === 0 ? MEANT[verb] : POSSIBLE[verb].filter((state) => asked.includes(state));
}

export function startBulk(verb: BulkVerb, filters: JobFilters): Promise<Schemas["BulkActionView"]> {
  return start(verb, { ...queryOf(filters), state: statesFor(verb, filters) });
}

/** Delete the jobs that were ticked, a thousand at most: there is no other way to delete single ones. */
export function deleteTicked(ids: string[]): Promise<Schemas["BulkActionView"]> {
  return start("delete", { id: ids, state: FINAL });
}

function start(
  action: BulkVerb,
  filter: Omit<Schemas["JobMatch"], "children"> & { children?: boolean },
): Promise<Schemas["BulkActionView"]> {
  return ask(api.POST("/api/v1/bulk-actions", { body: { action, filter: { children: true, ...filter } } }));
}

export interface Done {
  done: number;
  /** Jobs it did not fit any more. */
  skipped: number;
}

const AT_ONCE = 4;

/** Cancel or retry jobs one by one, a few at a time; one that changed meanwhile is passed over. */
export async function actOnEach(verb: "cancel" | "retry", ids: readonly string[]): Promise<Done> {
  const left = [...ids];
  const result = { done: 0, skipped: 0 };
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id; id = left.shift()) {
      try {
        await (verb === "cancel" ? cancelJob(id) : retryJob(id));
        result.done += 1;
      } catch (reason) {
        if (!(reason instanceof Problem) || (reason.status !== 409 && reason.status !== 404)) throw reason;
        result.skipped += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return result;
}

export function cancelJob(id: string) {
  return ask(api.PUT("/api/v1/jobs/{job_id}/cancellation", { params: { path: { job_id: id } } }));
}

export function retryJob(id: string) {
  return ask(api.POST("/api/v1/jobs/{job_id}/retry", { params: { path: { job_id: id } } }));
}
