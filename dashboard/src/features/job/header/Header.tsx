import { Badge, Card, Group, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { LinkState } from "@/live/follow";
import { count, isFinal, money } from "@/lib/words";
import { Owner } from "@/ui/Owner";
import { StateBadge } from "@/ui/StateBadge";
import { Time, Took } from "@/ui/Time";

import { Facts } from "../Facts";
import { useAccess } from "../access";
import type { Attempt, Job } from "../queries";
import type { Recording } from "../told/recording";
import { progressOf, until } from "../told/telling";
import { Bar, type Family } from "./Bar";
import { JobLink } from "./JobLink";
import { Receipt } from "./Receipt";
import { Why } from "./Why";

interface Props {
  job: Job;
  attempts: readonly Attempt[];
  recording: Recording;
  link: LinkState;
  moment: number | null;
}

/** How the job stands: its state, what it cost, how far it is, and what it waits for. */
export function Header({ job, attempts, recording, link, moment }: Props) {
  const isStopping = job.cancel_requested_at !== null && job.finished_at === null;
  const told = progressOf(until(recording.own.events, moment)) ?? (moment === null ? job.progress : null);
  const isDone = job.state === "completed" && moment === null;
  return (
    <Card>
      <Stack gap="sm">
        <Group gap="xs">
          <StateBadge state={job.state} size="lg" />
          {isStopping && (
            <Badge color="orange" size="lg">
              cancelling
            </Badge>
          )}
          {link === "polling" && <Badge color="orange">polling every 2 s</Badge>}
          {job.tags.map((tag) => (
            <Tag key={tag} tag={tag} />
          ))}
        </Group>
        <Facts facts={factsOf(job, attempts)} />
        <Bar progress={told} family={familyOf(job, recording, moment)} isDone={isDone} state={job.state} />
        {job.why && <Why why={job.why} />}
        {job.cancellation && <Receipt job={job} />}
      </Stack>
    </Card>
  );
}

function Tag({ tag }: { tag: string }) {
  const { token } = useAccess();
  if (token !== null) return <Badge color="gray">{tag}</Badge>;
  return (
    <Badge
      color="gray"
      renderRoot={(props) => <Link to="/jobs" search={{ tag }} {...props} />}
      style={{ cursor: "pointer" }}
    >
      {tag}
    </Badge>
  );
}

function factsOf(job: Job, attempts: readonly Attempt[]) {
  const tokens = job.input_tokens + job.output_tokens;
  const first = attempts[0]?.started_at;
  const isLoading = job.run > 0 && first === undefined;
  return [
    ["Created", <Time key="created" at={job.created_at} />],
    ["Waited", <Took key="waited" from={isLoading ? null : job.created_at} to={first ?? job.finished_at} />],
    ["Duration", <Took key="took" from={first} to={job.finished_at} />],
    ["Attempt", `${String(attemptOf(job))} of ${String(job.attempts)}`],
    ["Cost", money(job.cost_nano_usd)],
    ["Tokens", tokens > 0 ? `${count(job.input_tokens)} in, ${count(job.output_tokens)} out` : null],
    ["Owner", job.owner && <Owner key="owner" owner={job.owner} />],
    ["Queue", job.queue],
    ["Priority", job.priority === 0 ? null : job.priority],
    ["Unique key", job.unique_key],
    ["Crashes", job.crashes === 0 ? null : job.crashes],
    ["Called by", job.parent_id && <JobLink key="parent" id={job.parent_id} />],
    ["Retry of", job.retry_of && <JobLink key="retry" id={job.retry_of} />],
  ] as const;
}

/** How many children the job has and how many of them are done: by its own count, or by the stream, which is ahead of it. */
function familyOf({ children }: Job, recording: Recording, moment: number | null): Family {
  if (moment !== null) return { done: 0, all: 0 };
  const done = recording.children.filter(({ state }) => state !== null && isFinal(state)).length;
  return {
    done: Math.max(done, children.count - children.unfinished),
    all: Math.max(recording.children.length, children.count),
  };
}

/** Which attempt is on: failed runs count, resumed ones don't. */
function attemptOf({ failures, attempts, state }: Job): number {
  return state === "failed" || state === "cancelled" ? Math.max(failures, 1) : Math.min(failures + 1, attempts);
}
