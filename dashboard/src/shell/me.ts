/** Who is signed in, and what they may. */

import { queryOptions, useQuery } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";

export type Me = Schemas["MeView"];
export type Permission = Schemas["Permission"];

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => ask(api.GET("/api/v1/auth/me")),
  staleTime: 60_000,
});

/** Who is signed in; within the shell they always are. */
export function useMe(): Me | undefined {
  return useQuery(meQuery).data;
}

/** Whether the person may do something: what they may not is not offered. */
export function useMay(permission: Permission): boolean {
  return useMe()?.permissions.includes(permission) ?? false;
}
