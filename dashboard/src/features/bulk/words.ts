/** How a bulk action reads: what it does to which jobs, and how far it is. */

import { readFilters } from "@/features/jobs/search";
import { wordsOf } from "@/features/jobs/times";

import type { BulkAction } from "./queries";

const DOING: Record<BulkAction["action"], string> = {
  cancel: "Cancel",
  retry: "Retry",
  replay: "Replay",
  delete: "Delete",
};

export function titleOf({ action, total, from_step }: BulkAction): string {
  const jobs = total.is_exact && total.count === 1 ? "1 job" : `${total.text} jobs`;
  return `${DOING[action]} ${jobs}${from_step ? ` from ${from_step}` : ""}`;
}

/** The filter as the list of jobs has it in its URL. */
export function searchOf({ filter }: BulkAction) {
  return readFilters({ ...filter, from: filter.created_from, until: filter.created_until });
}

/** "failed, task mill.grind, owner acme, since 20 Nov": which jobs are meant, as far as it can be told. */
export function filterWords(bulk: BulkAction): string {
  const { state, task, queue, owner, tag, ...rest } = searchOf(bulk);
  const words = [
    state?.replaceAll(",", " or "),
    task && `task ${task.replaceAll(",", " or ")}`,
    queue && `queue ${queue.replaceAll(",", " or ")}`,
    owner && `owner ${owner}`,
    tag && `tag ${tag}`,
    rest.fingerprint && "errors alike",
    (rest.from ?? rest.until) && wordsOf(rest),
  ].filter(Boolean);
  return words.length > 0 ? words.join(", ") : "all jobs";
}

/** The part that is through, from 0 to 1; nothing while there may be more than was counted. */
export function fractionOf({ state, done, skipped, total }: BulkAction): number | undefined {
  if (state === "completed") return 1;
  if (!total.is_exact) return undefined;
  return total.count === 0 ? 0 : Math.min(1, (done + skipped) / total.count);
}
