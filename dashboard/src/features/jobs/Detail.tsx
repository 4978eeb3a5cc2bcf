import { Group, Progress, Text } from "@mantine/core";

import { isFinal } from "@/lib/words";
import { Time } from "@/ui/Time";

import { errorWords } from "./jobWords";
import type { JobItem } from "./firstPage";

/** How far a job is, when it begins, or what went wrong: in one line. */
export function Detail({ job }: { job: JobItem }) {
  const { state, error, run_at, progress } = job;
  if (error && state !== "completed") {
    return (
      <Text span inherit c={state === "failed" ? "red" : "dimmed"} title={error.message}>
        {errorWords(error)}
      </Text>
    );
  }
  if (state === "scheduled" && run_at) {
    return (
      <Text span inherit c="dimmed">
        starts <Time at={run_at} />
      </Text>
    );
  }
  if (!progress || isFinal(state)) return null;
  const percent = Math.round(progress.fraction * 100);
  return (
    <Group gap={8} wrap="nowrap">
      <Progress value={percent} w={72} size="sm" style={{ flex: "none" }} aria-label={`${String(percent)} % done`} />
      <Text span inherit c="dimmed" truncate>
        {percent} % {progress.note}
      </Text>
    </Group>
  );
}
