/** What one's account consists of. */

import { queryOptions } from "@tanstack/react-query";

import { api, ask } from "@/api/client";

export const sessionsKey = ["account", "sessions"];

export const sessionsQuery = queryOptions({
  queryKey: sessionsKey,
  queryFn: () => ask(api.GET("/api/v1/auth/sessions")),
  refetchInterval: 30_000,
});

export const factorQuery = queryOptions({
  queryKey: ["account", "factor"],
  queryFn: () => ask(api.GET("/api/v1/auth/second-factor")),
});

export const keysQuery = queryOptions({
  queryKey: ["account", "keys"],
  queryFn: () => ask(api.GET("/api/v1/auth/keys")),
});

export const connectionQuery = queryOptions({
  queryKey: ["account", "connection"],
  queryFn: () => ask(api.GET("/api/v1/auth/oidc/connection")),
});
