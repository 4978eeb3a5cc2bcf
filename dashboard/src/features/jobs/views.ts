/** Searches kept by name: some that everybody has, and one's own on the server. */

import { queryOptions, useQuery } from "@tanstack/react-query";
import { defaultParseSearch, defaultStringifySearch } from "@tanstack/react-router";

import { api, ask } from "@/api/client";
import { useAct } from "@/ui/act";

import { type JobsSearch, readSearch } from "./search";

export interface View {
  name: string;
  search: JobsSearch;
}

const SCREEN = "/jobs";
const KEY = ["views"];

export const USUAL_VIEWS: View[] = [
  { name: "All jobs", search: {} },
  { name: "Unfinished", search: { state: "running,queued,waiting,scheduled,blocked" } },
  { name: "Failed in the last 24 hours", search: { state: "failed", range: "24h" } },
  { name: "Ran longer than a minute", search: { min: 60 } },
];

const viewsQuery = queryOptions({
  queryKey: KEY,
  staleTime: 60_000,
  queryFn: () => ask(api.GET("/api/v1/views")),
  select: (views) =>
    views
      .filter(({ screen }) => screen === SCREEN)
      .map(({ name, query }): View => ({ name, search: readSearch(defaultParseSearch(query)) })),
});

export function useViews(isOffered: boolean) {
  const views = useQuery({ ...viewsQuery, enabled: isOffered });
  const save = useAct({
    act: ({ name, search }: View) =>
      ask(
        api.PUT("/api/v1/views/{name}", {
          params: { path: { name } },
          body: { screen: SCREEN, query: queryOf(search) },
        }),
      ),
    keys: [KEY],
    done: (_, { name }) => `Saved as ${name}`,
  });
  const remove = useAct({
    act: (name: string) => ask(api.DELETE("/api/v1/views/{name}", { params: { path: { name } } })),
    keys: [KEY],
  });
  return { views: views.data ?? [], save, remove };
}

/** What is kept of a search: the open panel isn't. */
function queryOf(search: JobsSearch): string {
  return defaultStringifySearch({ ...search, job: undefined }).replace(/^\?/, "");
}

/** Whether a search shows what a view does. */
export function isShown({ search }: View, now: JobsSearch): boolean {
  return queryOf(readSearch({ ...search })) === queryOf(readSearch({ ...now }));
}
