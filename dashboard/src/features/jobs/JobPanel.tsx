import { CloseButton, Group, Progress, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { IconMaximize } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { useAccess } from "@/features/job/access";
import { Failure } from "@/features/job/inspect/Failure";
import { type Job, jobQuery } from "@/features/job/queries";
import { useJobStream } from "@/features/job/told/useJobStream";
import { isFinal, money } from "@/lib/words";
import { CopyIcon } from "@/ui/CopyIcon";
import { ErrorState } from "@/ui/ErrorState";
import { Json } from "@/ui/Json";
import { Loading } from "@/ui/Loading";
import { Owner } from "@/ui/Owner";
import { StateBadge } from "@/ui/StateBadge";
import { Time, Took } from "@/ui/Time";
import { IconLink } from "@/ui/links";

import { JobActs } from "./JobActs";
import classes from "./JobPanel.module.css";
import { PanelText } from "./PanelText";
import { isStopping, waitedFrom } from "./jobWords";

interface Props {
  id: string;
  /** Show another job instead: the one that this was submitted again as. */
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** One job beside the list: what it is, how far it is, and what went wrong; the rest is on its own page. */
export function JobPanel({ id, onOpen, onClose }: Props) {
  const job = useQuery(jobQuery(id, useAccess()));
  const { recording } = useJobStream(id);
  return (
    <Stack gap="md" className={classes.panel}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className={classes.title}>
          <Group gap={6} wrap="nowrap">
            {job.data ? (
              <StateBadge state={isStopping(job.data) ? "stopping" : job.data.state} />
            ) : (
              <Skeleton w={70} h={18} />
            )}
            <Text fw={600} truncate>
              {job.data?.task ?? " "}
            </Text>
          </Group>
          <Group gap={4} wrap="nowrap">
            <Text size="xs" c="dimmed" truncate>
              {id}
            </Text>
            <CopyIcon value={id} label="Copy the id" />
          </Group>
        </div>
        <Group gap={4} wrap="nowrap">
          <Tooltip label="Open the job’s page">
            <IconLink to="/jobs/$jobId" params={{ jobId: id }} size="sm" aria-label="Open the job’s page">
              <IconMaximize size={16} />
            </IconLink>
          </Tooltip>
          <CloseButton onClick={onClose} aria-label="Close the panel" size="sm" />
        </Group>
      </Group>
      {job.data ? (
        <>
          <Facts job={job.data} />
          <JobActs job={job.data} onOpen={onOpen} />
          <PanelText events={recording.own.events} isOver={isFinal(job.data.state)} />
          <Values job={job.data} />
        </>
      ) : job.isError ? (
        <ErrorState problem={job.error} onRetry={() => void job.refetch()} />
      ) : (
        <Loading lines={8} />
      )}
    </Stack>
  );
}

/** When, how long, at what cost; how far it is, or why it is not running. */
function Facts({ job }: { job: Job }) {
  const percent = Math.round((job.progress?.fraction ?? 0) * 100);
  return (
    <Stack gap="xs">
      <dl className={classes.facts}>
        <Fact name="Created">
          <Time at={job.created_at} />
        </Fact>
        <Fact name="Waited">
          {job.state === "scheduled" ? "–" : <Took from={waitedFrom(job)} to={job.started_at ?? job.finished_at} />}
        </Fact>
        <Fact name="Duration">{job.started_at ? <Took from={job.started_at} to={job.finished_at} /> : "–"}</Fact>
        <Fact name="Runs">{job.run}</Fact>
        <Fact name="Queue">{job.queue}</Fact>
        <Fact name="AI cost">{money(job.cost_nano_usd)}</Fact>
        {job.owner && (
          <Fact name="Owner">
            <Owner owner={job.owner} />
          </Fact>
        )}
        {job.tags.length > 0 && <Fact name="Tags">{job.tags.join(", ")}</Fact>}
      </dl>
      {job.why && (
        <Text size="sm" className={classes.why}>
          {job.why.detail}
        </Text>
      )}
      {job.progress && !isFinal(job.state) && (
        <div>
          <Progress value={percent} aria-label={`${String(percent)} % done`} />
          <Text size="xs" c="dimmed" mt={4}>
            {percent} % {job.progress.note}
          </Text>
        </div>
      )}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What came out, and what went in. */
function Values({ job }: { job: Job }) {
  return (
    <>
      {job.error && (
        <Value title="Error">
          <Failure error={job.error} />
        </Value>
      )}
      {job.result !== null && (
        <Value title="Result">
          <Json value={job.result} label="result" max={240} />
        </Value>
      )}
      <Value title="Input">
        <Json value={job.input} label="input" max={240} />
      </Value>
    </>
  );
}

function Value({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap={4} component="section">
      <Text component="h2" size="sm" fw={600}>
        {title}
      </Text>
      {children}
    </Stack>
  );
}
