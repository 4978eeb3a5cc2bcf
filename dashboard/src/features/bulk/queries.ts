/** What the screens of bulk actions ask for: it is asked again each second while one of them runs. */

import { queryOptions } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";

export type BulkAction = Schemas["BulkActionView"];

const EVERY_MS = 1_000;

export const bulkActionsQuery = queryOptions({
  queryKey: ["bulk-actions"],
  queryFn: () => ask(api.GET("/api/v1/bulk-actions")),
  refetchInterval: ({ state }) => (state.data?.some(isRunning) ? EVERY_MS : false),
});

export function bulkActionQuery(id: string) {
  return queryOptions({
    queryKey: ["bulk-actions", id],
    queryFn: () => ask(api.GET("/api/v1/bulk-actions/{bulk_id}", { params: { path: { bulk_id: id } } })),
    refetchInterval: ({ state }) => (state.data && isRunning(state.data) ? EVERY_MS : false),
  });
}

export function abortBulk(id: string) {
  return ask(api.PUT("/api/v1/bulk-actions/{bulk_id}/abortion", { params: { path: { bulk_id: id } } }));
}

export function isRunning({ state }: BulkAction): boolean {
  return state === "running";
}
