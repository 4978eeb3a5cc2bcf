/** Asking for runs over time, of one task or of all, and for what AI calls cost. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, ask } from "@/api/client";

import { SPANS, type Span, beginOf, endedOf } from "./series";

const OFTEN_MS = 10_000;
const SELDOM_MS = 60_000;

export function runsQuery(span: Span, task?: string) {
  return queryOptions({
    queryKey: ["counters", span, task],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/counters", {
          params: { query: { task, from: beginOf(span), bucket: SPANS[span].step } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: span === "1h" ? OFTEN_MS : SELDOM_MS,
  });
}

/** The runs of each task. */
export function runsByTaskQuery(span: Span) {
  return queryOptions({
    queryKey: ["counters", span, "by task"],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/api/v1/counters", {
          params: { query: { by: "task", from: beginOf(span), bucket: SPANS[span].step } },
          signal,
        }),
      ),
    refetchInterval: SELDOM_MS,
  });
}

const DAYS = 7;
const DAY_MS = 86_400_000;

/** What a job of each task cost, over the last seven days of UTC. */
export const costsQuery = queryOptions({
  queryKey: ["costs by task"],
  queryFn: async ({ signal }): Promise<Map<string, number>> => {
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const from = new Date(today - (DAYS - 1) * DAY_MS).toISOString();
    const [spend, runs] = await Promise.all([
      ask(api.GET("/api/v1/ai/spend", { params: { query: { by: "task", from: from.slice(0, 10) } }, signal })),
      ask(api.GET("/api/v1/counters", { params: { query: { by: "task", from, bucket: "day" } }, signal })),
    ]);
    const ended = new Map(runs.groups.map(({ name, total }) => [name, endedOf(total)]));
    return new Map(
      spend.items.flatMap(({ task, cost_nano_usd }) => {
        const jobs = task === null ? 0 : (ended.get(task) ?? 0);
        return task !== null && jobs > 0 ? [[task, cost_nano_usd / jobs] as const] : [];
      }),
    );
  },
  staleTime: SELDOM_MS,
});
