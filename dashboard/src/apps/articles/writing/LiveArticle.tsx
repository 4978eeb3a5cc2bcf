import { Badge, Card, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconPlayerStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { useAccess } from "@/features/job/access";
import { useCancel } from "@/features/job/act/acts";
import { Bar } from "@/features/job/header/Bar";
import { JobLink } from "@/features/job/header/JobLink";
import { type Job, jobQuery } from "@/features/job/queries";
import type { Recording } from "@/features/job/told/recording";
import { progressOf } from "@/features/job/told/telling";
import { useJobStream } from "@/features/job/told/useJobStream";
import { isFinal } from "@/lib/words";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { Shown } from "@/ui/Shown";
import { StateBadge } from "@/ui/StateBadge";
import { Took } from "@/ui/Time";

import { Outcome } from "./Outcome";
import { Sections } from "./Sections";
import classes from "./Writing.module.css";
import { describedOf, outlineOf, sectionsOf } from "./parts";

/** An article while it is written, and how it was written afterwards. Mounted anew for another job. */
export function LiveArticle({ jobId, onRetried }: { jobId: string; onRetried: (jobId: string) => void }) {
  const { recording } = useJobStream(jobId);
  const query = useQuery(jobQuery(jobId, useAccess()));
  return (
    <Shown query={query} lines={10}>
      {(job) => (
        <Stack gap="sm">
          <Head job={job} recording={recording} />
          <Outcome job={job} onRetried={onRetried} />
          <Parts recording={recording} isOver={isFinal(job.state)} />
        </Stack>
      )}
    </Shown>
  );
}

function Head({ job, recording }: { job: Job; recording: Recording }) {
  const cancel = useCancel(job);
  const mayWrite = useMay("jobs:write");
  const isOver = isFinal(job.state);
  const { count = 0, unfinished = 0 } = job.children ?? {};
  return (
    <Card>
      <Group justify="space-between" gap="xs" mb={6}>
        <Group gap="xs">
          <StateBadge state={job.state} />
          <Text size="sm" c="dimmed">
            <Took from={job.started_at} to={job.finished_at} /> · job <JobLink id={job.id} />
          </Text>
        </Group>
        {!isOver && mayWrite && (
          <ActButton
            variant="default"
            leftSection={<IconPlayerStop size={14} />}
            loading={cancel.isPending}
            disabled={job.cancel_requested_at !== null}
            onClick={() => void cancel.ask()}
          >
            {job.cancel_requested_at === null ? "Cancel" : "Being cancelled"}
          </ActButton>
        )}
      </Group>
      <Bar
        progress={progressOf(recording.own.events) ?? { fraction: 0, note: "In line" }}
        family={{ all: count, done: count - unfinished }}
        isDone={job.state === "completed"}
        state={job.state}
      />
    </Card>
  );
}

function Parts({ recording, isOver }: { recording: Recording; isOver: boolean }) {
  const outline = useMemo(() => outlineOf(recording), [recording]);
  const sections = useMemo(() => sectionsOf(recording, outline), [recording, outline]);
  const described = useMemo(() => describedOf(recording), [recording]);
  if (isOver && !outline && sections.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        The stream of its text is no longer kept.
      </Text>
    );
  }
  return (
    <>
      <Card component="section" aria-label="Outline">
        <Title order={2} className={classes.title} mb="xs">
          {outline?.title || (isOver ? "Untitled" : <Skeleton h={18} w="60%" />)}
        </Title>
        {outline ? (
          <ol className={classes.outline}>
            {outline.sections.map(({ heading, points }, place) => (
              <li key={place}>
                {heading}
                {points.length > 0 && <div className={classes.points}>{points.join(" · ")}</div>}
              </li>
            ))}
          </ol>
        ) : (
          !isOver && <Skeleton h={14} w="80%" />
        )}
        {described && (
          <>
            <Text size="sm" mt="sm">
              {described.summary}
            </Text>
            <Group gap={4} mt={6}>
              {described.tags.map((tag) => (
                <Badge key={tag} color="gray" size="sm">
                  {tag}
                </Badge>
              ))}
            </Group>
          </>
        )}
      </Card>
      <Sections sections={sections} isOver={isOver} />
    </>
  );
}
