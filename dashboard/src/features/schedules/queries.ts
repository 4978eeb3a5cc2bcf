/** What the screens of schedules ask for, and what they change. */

import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { type Schemas, api, ask } from "@/api/client";
import { paging } from "@/api/pages";
import { useOnce } from "@/features/job/act/useOnce";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";

export type Schedule = Schemas["ScheduleView"];
export type ScheduleItem = Schemas["ScheduleItem"];
export type NewSchedule = Schemas["NewSchedule"];

const PAGE = 100;
const OFTEN_MS = 15_000;
const KEY = ["schedules"];

const at = (name: string) => ({ params: { path: { name } } });

export const schedulesQuery = infiniteQueryOptions({
  queryKey: [...KEY, "list"],
  queryFn: ({ pageParam: cursor, signal }) =>
    ask(api.GET("/api/v1/schedules", { params: { query: { cursor, limit: PAGE } }, signal })),
  ...paging,
  refetchInterval: OFTEN_MS,
});

export function scheduleQuery(name: string) {
  return queryOptions({
    queryKey: [...KEY, "one", name],
    queryFn: ({ signal }) => ask(api.GET("/api/v1/schedules/{name}", { ...at(name), signal })),
    refetchInterval: OFTEN_MS,
  });
}

/** Pause a schedule or go on with it: shown at once, and as the server has it afterwards. */
export function usePause(name: string) {
  const queries = useQueryClient();
  const { queryKey } = scheduleQuery(name);
  return useAct<Schedule, boolean>({
    act: (isPaused) => {
      const paused_at = isPaused ? new Date().toISOString() : null;
      queries.setQueryData(queryKey, (old) => old && { ...old, paused_at });
      const call = isPaused
        ? api.PUT("/api/v1/schedules/{name}/pause", at(name))
        : api.DELETE("/api/v1/schedules/{name}/pause", at(name));
      return ask(call).catch((reason: unknown) => {
        void queries.invalidateQueries({ queryKey });
        throw reason;
      });
    },
    keys: [KEY],
  });
}

/** Submit the schedule's job at once, and go to it. */
export function useRunNow(name: string) {
  const navigate = useNavigate();
  const once = useOnce();
  return useAct<Schemas["AcceptedJob"]>({
    act: () =>
      ask(
        api.POST("/api/v1/schedules/{name}/firings", {
          params: { path: { name }, header: { "idempotency-key": once.keyFor(name) } },
        }),
      ),
    keys: [KEY, ["live"]],
    onDone: ({ id }) => {
      once.done();
      void navigate({ to: "/jobs/$jobId", params: { jobId: id } });
    },
  });
}

/** Make a schedule, or change the one of this name. */
export function useSave(isNew: boolean, onDone: (name: string) => void) {
  const once = useOnce();
  return useAct<Schedule, NewSchedule>({
    act: ({ name, ...changes }) =>
      isNew
        ? ask(
            api.POST("/api/v1/schedules", {
              params: { header: { "idempotency-key": once.keyFor({ name, ...changes }) } },
              body: { name, ...changes },
            }),
          )
        : ask(api.PATCH("/api/v1/schedules/{name}", { ...at(name), body: changes })),
    done: ({ name }) => (isNew ? `${name} is made` : `${name} is changed`),
    keys: [KEY],
    onDone: ({ name }) => {
      once.done();
      onDone(name);
    },
    isQuiet: true,
  });
}

/** Delete a schedule, once the person has said so again. */
export function useDelete(name: string) {
  const navigate = useNavigate();
  const act = useAct<unknown>({
    act: () => ask(api.DELETE("/api/v1/schedules/{name}", at(name))),
    done: `${name} is deleted`,
    keys: [[...KEY, "list"]],
    onDone: () => void navigate({ to: "/schedules" }),
  });
  const question = async (): Promise<void> => {
    const isSure = await confirm({
      title: `Delete ${name}?`,
      body: "It fires no more. The jobs that it made stay.",
      label: "Delete the schedule",
      isDangerous: true,
    });
    if (isSure) act.mutate();
  };
  return { isPending: act.isPending, ask: question };
}
