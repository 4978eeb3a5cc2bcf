/** All that the job's page shows: what the API answers, and what the stream tells. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { useAccess } from "./access";
import {
  type Attempt,
  type Call,
  type Child,
  type Job,
  type Step,
  type Wait,
  attemptsQuery,
  callsQuery,
  childrenQuery,
  stepsQuery,
  waitsQuery,
} from "./queries";
import type { Recording } from "./told/recording";

export interface JobParts {
  job: Job;
  attempts: readonly Attempt[];
  steps: readonly Step[];
  waits: readonly Wait[];
  children: readonly Child[];
  calls: readonly Call[];
  recording: Recording;
  /** Load what is beyond the first pages; null where all is there. */
  more: { children: (() => void) | null; calls: (() => void) | null };
  /** Some part has not come yet. */
  isLoading: boolean;
  /** Why a part did not come, and how to ask for it again. */
  trouble: { problem: Error; again: () => void } | null;
}

const NONE: never[] = [];

/** The parts of a job that is there already; each is empty until it has come. */
export function useJobParts(job: Job, recording: Recording): JobParts {
  const access = useAccess();
  const { id } = job;
  const attempts = useQuery(attemptsQuery(id, access));
  const steps = useQuery(stepsQuery(id, access));
  const waits = useQuery(waitsQuery(id, access));
  const children = useInfiniteQuery(childrenQuery(id, access));
  const calls = useInfiniteQuery(callsQuery(id, access));
  const all = [attempts, steps, waits, children, calls];
  const failed = all.find(({ isError, data }) => isError && data === undefined);
  return {
    job,
    attempts: attempts.data ?? NONE,
    steps: steps.data ?? NONE,
    waits: waits.data ?? NONE,
    children: children.data?.pages.flatMap(({ items }) => items) ?? NONE,
    calls: calls.data?.pages.flatMap(({ items }) => items) ?? NONE,
    recording,
    more: {
      children: children.hasNextPage ? () => void children.fetchNextPage() : null,
      calls: calls.hasNextPage ? () => void calls.fetchNextPage() : null,
    },
    isLoading: all.some(({ isPending }) => isPending),
    trouble: failed?.error ? { problem: failed.error, again: () => void failed.refetch() } : null,
  };
}
