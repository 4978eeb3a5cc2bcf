/** How many of the jobs asked for stand in each state. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";

import { type JobFilters, queryOf } from "./search";

/** Counting is dearer than listing: it does not follow every hint. */
const EVERY_MS = 5_000;

export type StateCounts = Record<string, Schemas["TallyView"]>;

/** The counts are of all states, whichever are asked for. */
export function useStateCounts(asked: JobFilters) {
  const filters = { ...asked, state: undefined };
  return useQuery({
    queryKey: ["jobs", "counts", filters],
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<StateCounts> => {
      const counted = await ask(api.GET("/api/v1/jobs/counts", { params: { query: queryOf(filters) }, signal }));
      return counted.states;
    },
  });
}

/** "at least 10,000 jobs": what a filter's states sum up to, as far as they were counted. */
export function tallied(
  counts: StateCounts | undefined,
  states: readonly string[],
): { text: string; count: number } | null {
  const found = states.map((state) => counts?.[state]);
  if (!counts || found.some((tally) => !tally)) return null;
  const sum = found.reduce((all, tally) => all + (tally?.count ?? 0), 0);
  const isExact = found.every((tally) => tally?.is_exact);
  const words = `${sum.toLocaleString("en")} ${sum === 1 ? "job" : "jobs"}`;
  return { text: isExact ? words : `at least ${words}`, count: sum };
}
