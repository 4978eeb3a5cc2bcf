/** What the screen of approvals asks for. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";
import { paging } from "@/api/pages";

export type Wait = Schemas["WaitView"];
export type WaitState = Schemas["WaitState"];

const PAGE = 50;

/** The waits of a state, newest first. */
export function waitsQuery(state: WaitState) {
  return infiniteQueryOptions({
    queryKey: ["live", "waits", "list", state],
    queryFn: ({ pageParam: cursor, signal }) =>
      ask(api.GET("/api/v1/waits", { params: { query: { state, cursor, limit: PAGE } }, signal })),
    ...paging,
  });
}

/** One wait, by itself: it may be on no page that is loaded. */
export function waitQuery(id: string) {
  return queryOptions({
    queryKey: ["live", "waits", "one", id],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/waits/{wait_id}", { params: { path: { wait_id: id } }, signal })),
  });
}
