/** Doing something to the ticked jobs: asked first, with the number; then at once on screen, or on the action's page. */

import { Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { complain } from "@/ui/act";
import { confirm } from "@/ui/confirm";

import { type BulkVerb, VERBS, actOnEach, deleteTicked, fits, startBulk, statesFor } from "./bulk";
import { markStopping } from "./optimistic";
import type { JobFilters } from "./search";
import { type JobItem, jobsKey } from "./firstPage";
import { type StateCounts, tallied } from "./useStateCounts";
import type { Ticks } from "./useTicks";

const MOST_NAMED = 1_000;

interface Given {
  ticks: Ticks;
  jobs: JobItem[];
  filters: JobFilters;
  counts: StateCounts | undefined;
}

export function useBulk({ ticks, jobs, filters, counts }: Given) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [pending, setPending] = useState<BulkVerb>();

  async function follow(begun: Promise<{ id: string }>): Promise<void> {
    const { id } = await begun;
    ticks.clear();
    await navigate({ to: "/bulk-actions/$id", params: { id } });
  }

  const onMatching = (verb: BulkVerb): Promise<void> => follow(startBulk(verb, filters));
  const onDeleted = (): Promise<void> => {
    const ended = jobs.filter((job) => ticks.ids.has(job.id) && fits("delete", job));
    return follow(deleteTicked(ended.map(({ id }) => id).slice(0, MOST_NAMED)));
  };

  async function onTicked(verb: "cancel" | "retry"): Promise<void> {
    const ids = jobs.filter((job) => ticks.ids.has(job.id) && fits(verb, job)).map(({ id }) => id);
    const undo = verb === "cancel" ? markStopping(queries, jobsKey(filters), ids) : () => undefined;
    try {
      const { done, skipped } = await actOnEach(verb, ids);
      ticks.clear();
      const passed = skipped > 0 ? ` ${String(skipped)} had changed meanwhile.` : "";
      const message = `${String(done)} ${done === 1 ? "job" : "jobs"} ${VERBS[verb].did}.${passed}`;
      notifications.show({ message, color: "teal" });
    } catch (reason) {
      undo();
      throw reason;
    } finally {
      void queries.invalidateQueries({ queryKey: ["live"] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
    }
  }

  async function begin(verb: BulkVerb): Promise<void> {
    const ticked = jobs.filter((job) => ticks.ids.has(job.id) && fits(verb, job)).length;
    const some = `${String(ticked)} ${ticked === 1 ? "job" : "jobs"}`;
    const all = tallied(counts, statesFor(verb, filters))?.text ?? "all jobs that match";
    const number = ticks.isAllMatching ? all : some;
    const { label, warning } = VERBS[verb];
    const isSure = await confirm({
      title: `${label} ${number}?`,
      body: (
        <Stack gap={6}>
          <Text size="sm">{warning}</Text>
          {ticks.isAllMatching && (
            <Text size="sm" c="dimmed">
              Takes the jobs that are {statesFor(verb, filters).join(", ")} now and match the filters, in the
              background; it can be stopped on its page.
            </Text>
          )}
        </Stack>
      ),
      label: `${label} ${number}`,
      isDangerous: verb !== "retry",
    });
    if (!isSure) return;
    setPending(verb);
    try {
      if (ticks.isAllMatching) await onMatching(verb);
      else if (verb === "delete") await onDeleted();
      else await onTicked(verb);
    } catch (reason) {
      complain(reason);
    } finally {
      setPending(undefined);
    }
  }

  return { begin, pending, isPending: pending !== undefined };
}
