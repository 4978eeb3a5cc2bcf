/** The next times of an expression while it is typed, and what the server finds wrong with it. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { Problem } from "@/api/problem";

const PAUSE_MS = 300;
const FRESH_MS = 30_000;

export interface Preview {
  /** The times, and the zone by whose clocks they are: those of what was typed last and could be read. */
  shown: { times: string[]; timezone: string } | undefined;
  isLoading: boolean;
  isEmpty: boolean;
  /** What kept the times away and is wrong with neither field. */
  problem: string | undefined;
  /** What is wrong with a field. */
  wrong: (name: "cron" | "timezone") => string | undefined;
}

export function usePreview(cron: string, timezone: string): Preview {
  const [asked] = useDebouncedValue(`${cron.trim()}\n${timezone.trim()}`, PAUSE_MS);
  const [expression = "", zone = ""] = asked.split("\n");
  const isEmpty = expression === "" || zone === "";
  const query = useQuery({
    queryKey: ["schedules", "preview", expression, zone],
    queryFn: async ({ signal }) => {
      const query = { cron: expression, timezone: zone };
      const { times } = await ask(api.GET("/api/v1/schedule-times", { params: { query }, signal }));
      return { times, timezone: zone };
    },
    enabled: !isEmpty,
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  });
  const faults = query.error instanceof Problem ? query.error.faults : [];
  return {
    shown: isEmpty ? undefined : query.data,
    isLoading: query.isLoading,
    isEmpty,
    problem: faults.length === 0 ? query.error?.message : undefined,
    wrong: (name) => faults.find(({ pointer }) => pointer === `/${name}`)?.detail,
  };
}
