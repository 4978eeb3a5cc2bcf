/** The newest jobs of a filter: asked for by the list, and before that by its route, while the list's code is loaded. */

import type { QueryClient } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";

import { type Rows, firstRows } from "./rows";
import { type JobFilters, queryOf } from "./search";

export type JobItem = Schemas["JobItem"];

export interface JobRows extends Rows<JobItem> {
  /** So many of the newest jobs were looked through for what no index knows. */
  searched: number | null;
}

export const PAGE = 100;

export function jobsKey(filters: JobFilters) {
  return ["live", "jobs", filters] as const;
}

export function askPage(filters: JobFilters, asked: { cursor?: string; limit?: number; signal?: AbortSignal }) {
  const { signal, cursor, limit = PAGE } = asked;
  return ask(api.GET("/api/v1/jobs", { params: { query: { ...queryOf(filters), limit, cursor } }, signal }));
}

/** Begin to load a list that isn't there yet; one that is, its screen keeps. */
export function beginList(queries: QueryClient, filters: JobFilters): void {
  const queryKey = jobsKey(filters);
  if (queries.getQueryData(queryKey)) return;
  void queries.prefetchQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<JobRows> => {
      const page = await askPage(filters, { signal });
      return { ...firstRows(page), searched: page.searched ?? null };
    },
  });
}
