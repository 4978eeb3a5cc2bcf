/** How one can come in here, and what coming in leads to. */

import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";

import { type Schemas, api, ask } from "@/api/client";

import { goalOf } from "./goal";

export const optionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: () => ask(api.GET("/api/v1/auth/options")),
  staleTime: 5_000,
});

/** What a link is for, without using it. */
export const linkQuery = (kind: Schemas["LinkKind"], token: string) =>
  queryOptions({
    queryKey: ["link", kind, token],
    queryFn: () => ask(api.POST("/api/v1/auth/links", { body: { kind, token } })),
    staleTime: Infinity,
  });

/** Go on as whoever has just come in: nothing that somebody else was shown is kept. */
export function useArrival(next?: string): () => void {
  const queries = useQueryClient();
  const router = useRouter();
  return () => {
    queries.clear();
    router.history.replace(goalOf(next));
  };
}
