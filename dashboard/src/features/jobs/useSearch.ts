/** What the list is asked for: read from the URL, and changed there. */

import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

import { type JobFilters, type JobsSearch, filtersOf } from "./search";

const route = getRouteApi("/_app/jobs/");

export type Change = (part: Partial<JobsSearch>) => void;

export function useSearch(): {
  search: JobsSearch;
  filters: JobFilters;
  change: Change;
  replace: (search: JobsSearch) => void;
} {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const text = JSON.stringify(filtersOf(search));
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the same filters are the same object, so that nothing is asked twice
  const filters = useMemo(() => filtersOf(search), [text]);
  const change = useCallback<Change>(
    (part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false }),
    [navigate],
  );
  const replace = useCallback((next: JobsSearch) => void navigate({ search: next, resetScroll: false }), [navigate]);
  return { search, filters, change, replace };
}
