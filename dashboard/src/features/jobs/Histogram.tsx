import { Group, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { count } from "@/lib/words";

import { Bars } from "./Bars";
import classes from "./Histogram.module.css";
import { type Bin, binsOf, stepOf, windowOf } from "./bins";
import { type JobFilters, split } from "./search";
import type { Times } from "./times";

const EVERY_MS = 10_000;

const CLOCK = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** How many jobs ended when, and how; a part of it drawn over, or a bar clicked, becomes the list's time. */
export function Histogram({ filters, onZoom }: { filters: JobFilters; onZoom: (times: Times) => void }) {
  const [task, queue] = [split(filters.task), split(filters.queue)];
  const [onlyTask, onlyQueue] = [task.length === 1 ? task[0] : undefined, queue.length === 1 ? queue[0] : undefined];
  const { range, from, until } = filters;
  const series = useQuery({
    queryKey: ["counters", onlyTask, onlyQueue, range, from, until],
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const time = windowOf({ range, from, until });
      const step = stepOf(time);
      const query = {
        task: onlyTask,
        queue: onlyQueue,
        from: new Date(time.from).toISOString(),
        to: new Date(time.to + 1).toISOString(),
        bucket: step,
      };
      const answer = await ask(api.GET("/api/v1/counters", { params: { query }, signal }));
      return binsOf(time, step, answer.points);
    },
  });
  const bins = series.data ?? [];
  const ended = bins.reduce((sum, bin) => sum + bin.completed + bin.failed + bin.cancelled, 0);
  const failed = bins.reduce((sum, bin) => sum + bin.failed, 0);
  return (
    <section className={classes.frame} aria-label="Jobs ended over time">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="xs" c="dimmed" truncate>
          {range || from || until ? "Ended in this time" : "Ended in the last 24 hours"}
          {onlyTask && ` · ${onlyTask}`}
          {onlyQueue && ` · ${onlyQueue}`}
        </Text>
        <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {series.isError
            ? "The counters can’t be read now"
            : series.data && `${count(ended)} ${ended === 1 ? "job" : "jobs"}, ${count(failed)} failed`}
        </Text>
      </Group>
      <Bars bins={bins} onZoom={onZoom} />
      <Ends bins={bins} isNow={!until} />
    </section>
  );
}

/** When the first bar begins and the last one ends. */
function Ends({ bins, isNow }: { bins: Bin[]; isNow: boolean }) {
  const [first, last] = [bins[0], bins.at(-1)];
  return (
    <Group justify="space-between" className={classes.ends} aria-hidden>
      <span>{first ? CLOCK.format(first.from) : " "}</span>
      <span>{last && (isNow ? "now" : CLOCK.format(last.to))}</span>
    </Group>
  );
}
