/** What the screens about AI ask for. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";
import { paging } from "@/api/pages";

export type By = Schemas["By"];
export type Spend = Schemas["SpendView"];
export type Call = Schemas["CallView"];
export type Budget = Schemas["BudgetView"];
export type Period = Schemas["PeriodView"];
export type Limit = Schemas["LimitView"];
export type Provider = Schemas["ProviderView"];
export type Alias = Schemas["AliasView"];
export type Model = Schemas["ModelView"];

const PAGE = 50;
const OFTEN_MS = 5_000;

export interface SpendWanted {
  from: string;
  to: string;
  task?: string;
  owner?: string;
}

export function spendQuery(by: By, wanted: SpendWanted) {
  return queryOptions({
    queryKey: ["ai", "spend", by, wanted],
    queryFn: () => ask(api.GET("/api/v1/ai/spend", { params: { query: { by, ...wanted } } })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
}

export interface CallsWanted {
  task?: string;
  owner?: string;
  model?: string;
  state?: "open" | "ok" | "error" | "lost";
}

export function callsQuery(wanted: CallsWanted) {
  return infiniteQueryOptions({
    queryKey: ["ai", "calls", wanted],
    queryFn: ({ pageParam: cursor }) =>
      ask(api.GET("/api/v1/ai/calls", { params: { query: { ...wanted, limit: PAGE, cursor } } })),
    ...paging,
    placeholderData: keepPreviousData,
  });
}

export const budgetsQuery = infiniteQueryOptions({
  queryKey: ["ai", "budgets"],
  queryFn: ({ pageParam: cursor }) =>
    ask(api.GET("/api/v1/ai/budgets", { params: { query: { limit: PAGE, cursor } } })),
  ...paging,
  refetchInterval: OFTEN_MS,
});

/** The jobs that are parked until a budget has room. */
export const parkedQuery = queryOptions({
  queryKey: ["live", "parked"],
  queryFn: () => ask(api.GET("/api/v1/waits", { params: { query: { kind: "budget", state: "open", limit: PAGE } } })),
});

export const modelsQuery = queryOptions({
  queryKey: ["ai", "models"],
  queryFn: () => ask(api.GET("/api/v1/ai/models")),
});

export const providersQuery = queryOptions({
  queryKey: ["ai", "providers"],
  queryFn: () => ask(api.GET("/api/v1/ai/providers")),
});

export const limitsQuery = queryOptions({
  queryKey: ["ai", "limits"],
  queryFn: () => ask(api.GET("/api/v1/ai/limits")),
  refetchInterval: OFTEN_MS,
});
