/** The jobs of a filter, newest first: loaded on downwards, kept fresh at the top and where one looks. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useCallback, useMemo } from "react";

import { type JobRows, PAGE, askPage, jobsKey } from "./firstPage";
import { ROWS_MAX, firstRows, markAbove, nextCursor, spliced, withNewest, withOlder } from "./rows";
import type { JobFilters } from "./search";

/** Where one looks: the first row on screen. It is read when the list is asked again, so it is no state. */
export type Looking = RefObject<number>;

export function useJobs(filters: JobFilters, looking: Looking) {
  const queries = useQueryClient();
  const key = useMemo(() => jobsKey(filters), [filters]);
  const held = (): JobRows | undefined => queries.getQueryData<JobRows>(key);

  const query = useQuery({
    queryKey: key,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<JobRows> => {
      const mark = markAt(held(), looking.current);
      const [newest, seen] = await Promise.all([
        askPage(filters, { signal }),
        mark && askPage(filters, { cursor: mark.cursor, limit: 2 * PAGE, signal }),
      ]);
      const searched = newest.searched ?? null;
      const before = held();
      if (!before) return { ...firstRows(newest), searched };
      const rows = withNewest(before, newest, looking.current > 0);
      return { ...(mark && seen && !rows.isBehind ? spliced(rows, seen, mark.id) : rows), searched };
    },
  });

  const older = useMutation({
    mutationFn: (cursor: string) => askPage(filters, { cursor }),
    onSuccess: (page) =>
      queries.setQueryData<JobRows>(key, (rows) => rows && { ...withOlder(rows, page), searched: rows.searched }),
  });

  const rows = query.data;
  const cursor = rows && !query.isPlaceholderData ? nextCursor(rows) : undefined;
  const isFull = (rows?.items.length ?? 0) >= ROWS_MAX && cursor !== undefined;
  const { mutate, isIdle, reset } = older;
  /** Load the next page, if there is one and none is on its way; after a problem only when asked to. */
  const loadOlder = useCallback(() => {
    if (cursor && !isFull && isIdle) mutate(cursor, { onSuccess: reset });
  }, [cursor, isFull, isIdle, mutate, reset]);
  return {
    rows,
    query,
    older,
    isFull,
    loadOlder,
    retryOlder: () => cursor && mutate(cursor, { onSuccess: reset }),
    /** Begin anew at the newest. */
    restart: () => void queries.resetQueries({ queryKey: key, exact: true }),
  };
}

function markAt(rows: JobRows | undefined, index: number) {
  return rows && index > PAGE / 2 ? markAbove(rows, index) : undefined;
}
