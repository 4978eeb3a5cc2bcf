/** What the screens of tasks ask for. */

import { queryOptions } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";

export type Task = Schemas["TaskView"];

const NEWEST = 8;
const FRESH_MS = 60_000;

export const tasksQuery = queryOptions({
  queryKey: ["tasks"],
  queryFn: () => ask(api.GET("/api/v1/tasks")),
  staleTime: FRESH_MS,
});

export function taskQuery(name: string) {
  return queryOptions({
    queryKey: ["tasks", name],
    queryFn: () => ask(api.GET("/api/v1/tasks/{name}", { params: { path: { name } } })),
    staleTime: FRESH_MS,
  });
}

export function newestJobsQuery(task: string) {
  return queryOptions({
    queryKey: ["live", "jobs of", task],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/jobs", { params: { query: { task: [task], limit: NEWEST, children: true } }, signal })),
  });
}

/** The first line of a description. */
export function gist({ description }: Pick<Task, "description">): string {
  return description.split("\n")[0] ?? "";
}
