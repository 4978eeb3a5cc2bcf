/** What administrators ask for. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";
import { paging } from "@/api/pages";

export type User = Schemas["UserView"];
export type Role = Schemas["Role"];

export const ROLES: Role[] = ["viewer", "member", "operator", "admin"];

export const usersQuery = (words: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["users", "list", words],
    queryFn: ({ pageParam: cursor, signal }) =>
      ask(
        api.GET("/api/v1/admin/users", {
          params: { query: { q: words, cursor, limit: 100 } },
          signal,
        }),
      ),
    ...paging,
    placeholderData: keepPreviousData,
  });

const ofUser = (id: string) => ({ params: { path: { user_id: id } } });

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", id],
    queryFn: () => ask(api.GET("/api/v1/admin/users/{user_id}", ofUser(id))),
  });

export const userSessionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", id, "sessions"],
    queryFn: () => ask(api.GET("/api/v1/admin/users/{user_id}/sessions", ofUser(id))),
  });

export const quotaQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", id, "quota"],
    queryFn: () => ask(api.GET("/api/v1/admin/users/{user_id}/quota", ofUser(id))),
  });

export const allKeysQuery = queryOptions({
  queryKey: ["admin", "keys"],
  queryFn: () => ask(api.GET("/api/v1/admin/keys")),
});

export const linksQuery = queryOptions({
  queryKey: ["admin", "links"],
  queryFn: () => ask(api.GET("/api/v1/admin/links")),
});

export const rolesQuery = queryOptions({
  queryKey: ["admin", "roles"],
  queryFn: () => ask(api.GET("/api/v1/admin/roles")),
  staleTime: Infinity,
});

export const settingsQuery = queryOptions({
  queryKey: ["admin", "settings"],
  queryFn: () => ask(api.GET("/api/v1/admin/settings")),
});

export const retentionQuery = queryOptions({
  queryKey: ["retention"],
  queryFn: () => ask(api.GET("/api/v1/retention")),
  refetchInterval: 30_000,
});
