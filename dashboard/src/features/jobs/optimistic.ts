/** What a cancelled job looks like in the list before the server has said so. */

import type { QueryClient, QueryKey } from "@tanstack/react-query";

import type { JobItem, JobRows } from "./firstPage";

/** Show jobs as being stopped; the function returned takes that back. */
export function markStopping(queries: QueryClient, key: QueryKey, ids: readonly string[]): () => void {
  const meant = new Set(ids);
  const now = new Date().toISOString();
  const mark = (at: (job: JobItem) => string | null): void => {
    queries.setQueryData<JobRows>(
      key,
      (rows) =>
        rows && {
          ...rows,
          items: rows.items.map((job) => (meant.has(job.id) ? { ...job, cancel_requested_at: at(job) } : job)),
        },
    );
  };
  mark((job) => job.cancel_requested_at ?? now);
  return () => mark((job) => (job.cancel_requested_at === now ? null : job.cancel_requested_at));
}
