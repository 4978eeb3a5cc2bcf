/** Who is signed in, and what they may. */

import { queryOptions, useQuery } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";
import { Problem } from "@/api/problem";

export type Me = Schemas["MeView"];
export type Permission = Schemas["Permission"];

let isSaid = document.querySelector<HTMLMetaElement>('meta[name="signed-in"]')?.content === "yes";

/** Whether the page, as it came, said that somebody is signed in; true until that is made use of. */
export function isSaidToBeSignedIn(): boolean {
  return isSaid;
}

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    if (isSaid) isSaid = false;
    else {
      // asked first, so that a browser's console has no refusal to tell of when nobody is signed in
      const { is_signed_in: isSignedIn } = await ask(api.GET("/api/v1/auth/options"));
      if (!isSignedIn) throw new Problem(401, "unauthorized", "Nobody is signed in.");
    }
    return ask(api.GET("/api/v1/auth/me"));
  },
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
