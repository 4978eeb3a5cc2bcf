import { Alert, Group, Progress, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useEffectEvent } from "react";

import { STATE_COLOR } from "@/app/theme";
import { useAccess } from "@/features/job/access";
import { JobLink } from "@/features/job/header/JobLink";
import { type Job, jobQuery } from "@/features/job/queries";
import { progressOf } from "@/features/job/told/telling";
import { useJobStream } from "@/features/job/told/useJobStream";
import { isFinal } from "@/lib/words";

interface Props {
  jobId: string;
  title: string;
  /** What a job that came to its end did, in words. */
  told: (job: Job) => ReactNode;
  onEnd?: (job: Job) => void;
  onClose: () => void;
}

/** The progress of a job that works for this screen, until somebody closes it. Mounted anew for another job. */
export function JobStrip({ jobId, title, told, onEnd, onClose }: Props) {
  const { recording } = useJobStream(jobId);
  const { data: job, isError } = useQuery(jobQuery(jobId, useAccess()));
  const state = job?.state ?? recording.own.state ?? "queued";
  const isOver = job !== undefined && isFinal(job.state);
  const ended = useEffectEvent(() => {
    if (job) onEnd?.(job);
  });
  useEffect(() => {
    if (isOver) ended();
  }, [isOver]);
  const progress = progressOf(recording.own.events);
  const percent = isOver ? 100 : Math.round((progress?.fraction ?? 0) * 100);
  return (
    <Alert
      mb="sm"
      p="xs"
      color={STATE_COLOR[state] ?? "gray"}
      title={title}
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      <Group gap="xs" justify="space-between" mb={4}>
        <Text size="sm" role="status">
          {isError ? "This job is no longer there." : isOver ? told(job) : (progress?.note ?? `The job is ${state}.`)}
        </Text>
        <Text size="xs" c="dimmed">
          Job <JobLink id={jobId} />
        </Text>
      </Group>
      <Progress size="sm" value={percent} color={STATE_COLOR[state] ?? "gray"} aria-label="Progress" />
    </Alert>
  );
}
