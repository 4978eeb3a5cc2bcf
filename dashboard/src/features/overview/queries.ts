/** What the overview asks for. */

import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "@/api/client";

/** Counting many jobs takes the database a while: not at every hint that one changed. */
const TILES_MS = 3_000;
const OFTEN_MS = 10_000;
const FAILURES = 5;

/** How many jobs stand how. */
export const countsQuery = queryOptions({
  queryKey: ["now", "counts", "all"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/jobs/counts", { signal })),
  refetchInterval: TILES_MS,
});

/** The same of the jobs made today. */
export function todayQuery(since: string) {
  return queryOptions({
    queryKey: ["now", "counts", since],
    queryFn: ({ signal }) =>
      ask(api.GET("/api/v1/jobs/counts", { params: { query: { created_from: since } }, signal })),
    refetchInterval: TILES_MS,
  });
}

/** The beginning of the day by the person's clock, in UTC. */
export function startOfDay(now = new Date()): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}

/** All that the overview shows of the whole installation, for those who may see it. */
export const overviewQuery = queryOptions({
  queryKey: ["now", "overview"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/overview", { signal })),
  refetchInterval: TILES_MS,
});

export const queuesQuery = queryOptions({
  queryKey: ["queues"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/queues", { signal })),
  refetchInterval: OFTEN_MS,
});

export const workersQuery = queryOptions({
  queryKey: ["workers"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/workers", { signal })),
  refetchInterval: OFTEN_MS,
});

export const failuresQuery = queryOptions({
  queryKey: ["live", "errors", "newest"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/errors", { params: { query: { limit: FAILURES } }, signal })),
});

/** How many waits for a person are open: of the first page. */
export const openWaitsQuery = queryOptions({
  queryKey: ["live", "waits", "open"],
  queryFn: ({ signal }) => ask(api.GET("/api/v1/waits", { params: { query: { state: "open", limit: 200 } }, signal })),
});
