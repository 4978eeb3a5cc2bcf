import { useMemo } from "react";

import { useMay } from "@/shell/me";
import { Empty } from "@/ui/Empty";
import { TextLink } from "@/ui/links";

import { Foot } from "./Foot";
import { JobCards } from "./JobCards";
import { JobTable } from "./JobTable";
import { ListSkeleton } from "./ListSkeleton";
import { columnsOf } from "./columns";
import type { ListProps } from "./list";
import { type JobsSearch, filtersOf, isNarrowed } from "./search";
import type { Looking, useJobs } from "./useJobs";
import type { Ticks } from "./useTicks";

interface Props {
  jobs: ReturnType<typeof useJobs>;
  search: JobsSearch;
  looking: Looking;
  ticks: Ticks;
  current: string | undefined;
  isNarrow: boolean;
  /** A panel takes part of the width. */
  isBeside: boolean;
  onOpen: (id: string) => void;
  onChange: (part: JobsSearch) => void;
}

/** The list in whichever form fits the screen; or why there is none. */
export function JobList({ jobs, search, looking, ticks, current, isNarrow, isBeside, onOpen, onChange }: Props) {
  const mayChange = useMay("jobs:write");
  const columns = useMemo(() => columnsOf(search.cols, isBeside), [search.cols, isBeside]);
  const { rows, query, older } = jobs;
  if (!rows) return <ListSkeleton isNarrow={isNarrow} />;
  if (rows.items.length === 0) {
    return <Nothing isNarrowed={isNarrowed(filtersOf(search))} searched={rows.searched} mayRun={mayChange} />;
  }
  const last = rows.items.at(-1);
  const list: ListProps = {
    jobs: rows.items,
    current,
    open: search.job,
    isTickable: mayChange,
    ticked: ticks.ids,
    isAllTicked: ticks.isAllMatching || rows.items.every(({ id }) => ticks.ids.has(id)),
    onOpen,
    onTick: ticks.tick,
    onTickAll: ticks.tickAll,
    onEnd: jobs.loadOlder,
    looking,
    isStale: query.isPlaceholderData,
    isBehind: rows.isBehind,
    onRestart: jobs.restart,
    foot: (
      <Foot
        shown={rows.items.length}
        searched={rows.searched}
        isWhole={rows.isWhole}
        isFull={jobs.isFull}
        isLoading={older.isPending}
        problem={older.error}
        onRetry={jobs.retryOlder}
        onOlder={() => onChange({ range: undefined, until: last?.created_at })}
      />
    ),
  };
  return isNarrow ? <JobCards {...list} /> : <JobTable {...list} columns={columns} />;
}

interface NothingProps {
  isNarrowed: boolean;
  searched: number | null;
  mayRun: boolean;
}

function Nothing({ isNarrowed, searched, mayRun }: NothingProps) {
  if (isNarrowed) {
    return (
      <Empty title="No job matches">
        {searched === null
          ? "Take a filter away to see more."
          : `None of the newest ${searched.toLocaleString("en")} jobs does; older ones were not looked through.`}
      </Empty>
    );
  }
  return (
    <Empty title="No job yet">
      {mayRun && (
        <>
          <TextLink to="/tasks" size="sm">
            Run a task
          </TextLink>{" "}
          and it appears here.
        </>
      )}
    </Empty>
  );
}
