import { Group, Progress, Text } from "@mantine/core";

import { isFinal } from "@/lib/words";

import type { JobItem } from "./useJobs";

/** Whether it was told to stop and goes on for now. */
export function isStopping(job: JobItem): boolean {
  return job.cancel_requested_at !== null && !isFinal(job.state);
}

/** How far a job is, or what went wrong: in one line. */
export function Detail({ job }: { job: JobItem }) {
  if (job.error && job.state !== "completed") {
    const { type, message } = job.error;
    return (
      <Text span inherit c={job.state === "failed" ? "red" : "dimmed"} title={message}>
        {type ? `${type}: ${message}` : message}
      </Text>
    );
  }
  if (!job.progress || isFinal(job.state)) return null;
  const percent = Math.round(job.progress.fraction * 100);
  return (
    <Group gap={8} wrap="nowrap">
      <Progress value={percent} w={72} size="sm" style={{ flex: "none" }} aria-label={`${String(percent)} % done`} />
      <Text span inherit c="dimmed" truncate>
        {percent} % {job.progress.note}
      </Text>
    </Group>
  );
}
