/** What a job's page asks for. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { type Schemas, ask } from "@/api/client";
import { paging } from "@/api/pages";

import type { Access } from "./access";

export type Job = Schemas["JobView"];
export type Attempt = Schemas["AttemptView"];
export type Step = Schemas["StepView"];
export type Wait = Schemas["WaitView"];
export type Child = Schemas["ChildView"];
export type Call = Schemas["JobCallView"];
export type Said = Schemas["MessagesView"];
export type Message = Schemas["MessageView"];
export type Link = Schemas["JobLinkView"];

const PAGE = 200;

const at = (id: string) => ({ params: { path: { job_id: id } } });

/** The key of all that is asked about a job. */
export function keyOf(id: string, ...part: string[]): string[] {
  return ["job", id, ...part];
}

export function jobQuery(id: string, { api }: Access) {
  return queryOptions({
    queryKey: keyOf(id, "self"),
    queryFn: () => ask(api.GET("/api/v1/jobs/{job_id}", at(id))),
  });
}

export function attemptsQuery(id: string, { api }: Access) {
  return queryOptions({
    queryKey: keyOf(id, "attempts"),
    queryFn: () => ask(api.GET("/api/v1/jobs/{job_id}/attempts", at(id))),
  });
}

export function stepsQuery(id: string, { api }: Access) {
  return queryOptions({
    queryKey: keyOf(id, "steps"),
    queryFn: () => ask(api.GET("/api/v1/jobs/{job_id}/steps", at(id))),
    staleTime: 60_000,
  });
}

export function waitsQuery(id: string, { api }: Access) {
  return queryOptions({
    queryKey: keyOf(id, "waits"),
    queryFn: () => ask(api.GET("/api/v1/jobs/{job_id}/waits", at(id))),
  });
}

export function childrenQuery(id: string, { api }: Access) {
  return infiniteQueryOptions({
    queryKey: keyOf(id, "children"),
    queryFn: ({ pageParam: cursor }) =>
      ask(
        api.GET("/api/v1/jobs/{job_id}/children", {
          params: { path: { job_id: id }, query: { limit: PAGE, cursor } },
        }),
      ),
    ...paging,
  });
}

export function callsQuery(id: string, { api }: Access) {
  return infiniteQueryOptions({
    queryKey: keyOf(id, "calls"),
    queryFn: ({ pageParam: cursor }) =>
      ask(
        api.GET("/api/v1/jobs/{job_id}/ai-calls", {
          params: { path: { job_id: id }, query: { limit: PAGE, cursor } },
        }),
      ),
    ...paging,
  });
}

/** What was said in a call; asked for again when the call has ended. */
export function messagesQuery({ id, job_id: job, state }: Call, { api }: Access) {
  return queryOptions({
    queryKey: keyOf(job, "messages", id, state),
    queryFn: () =>
      ask(
        api.GET("/api/v1/jobs/{job_id}/ai-calls/{call_id}/messages", {
          params: { path: { job_id: job, call_id: id } },
        }),
      ),
    staleTime: 60_000,
  });
}

export function linksQuery(id: string, { api }: Access) {
  return queryOptions({
    queryKey: keyOf(id, "links"),
    queryFn: () => ask(api.GET("/api/v1/jobs/{job_id}/links", at(id))),
  });
}
