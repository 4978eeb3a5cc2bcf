import { Drawer } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Suspense, lazy, useCallback, useRef, useState } from "react";

import { useMay } from "@/shell/me";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";

import { BulkBar } from "./BulkBar";
import { ColumnMenu } from "./ColumnMenu";
import { FilterBar } from "./FilterBar";
import { Histogram } from "./Histogram";
import { JobList } from "./JobList";
import classes from "./JobsScreen.module.css";
import { StateFilter } from "./StateFilter";
import { ViewMenu } from "./ViewMenu";
import { useJobs } from "./useJobs";
import { useListKeys } from "./useListKeys";
import { useSearch } from "./useSearch";
import { useStateCounts } from "./useStateCounts";
import { useTicks } from "./useTicks";

/** Its code, with all that a job may show, comes when one is opened. */
const JobPanel = lazy(async () => ({ default: (await import("./JobPanel")).JobPanel }));

/** All jobs: narrowed, watched, opened beside the list, and acted upon many at once. */
export function JobsScreen() {
  const { search, filters, change, replace } = useSearch();
  const looking = useRef(0);
  const jobs = useJobs(filters, looking);
  const items = jobs.rows?.items ?? NO_JOBS;
  const counts = useStateCounts(filters);
  const ticks = useTicks(items);
  const [current, setCurrent] = useState(search.job);
  const isNarrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const hasSide = useMediaQuery("(min-width: 75em)", undefined, { getInitialValueInEffect: false });
  const maySeeCounters = useMay("operations:read");
  const mayChange = useMay("jobs:write");

  const open = useCallback(
    (id: string) => {
      setCurrent(id);
      change({ job: id });
    },
    [change],
  );
  const close = useCallback(() => change({ job: undefined }), [change]);
  useListKeys({
    ids: items.map(({ id }) => id),
    current,
    onCurrent: search.job ? open : setCurrent,
    onOpen: open,
    onTick: (id) => mayChange && ticks.tick(id, false),
    onEscape: search.job ? close : ticks.clear,
  });

  const panel = search.job && (
    <Suspense fallback={<Loading />}>
      <JobPanel key={search.job} id={search.job} onOpen={open} onClose={close} />
    </Suspense>
  );
  return (
    <Page
      title="Jobs"
      actions={
        <>
          <ViewMenu search={search} onShow={replace} />
          {!isNarrow && <ColumnMenu cols={search.cols} onChange={(cols) => change({ cols })} />}
        </>
      }
    >
      <div className={classes.screen}>
        <StateFilter
          state={filters.state}
          counts={counts.data}
          isLoading={counts.isPending}
          onChange={(state) => change({ state })}
        />
        <FilterBar filters={filters} onChange={change} />
        {maySeeCounters && <Histogram filters={filters} onZoom={(times) => change({ range: undefined, ...times })} />}
        <div className={classes.body}>
          <div className={classes.list}>
            {jobs.query.isError && !jobs.rows ? (
              <ErrorState problem={jobs.query.error} onRetry={() => void jobs.query.refetch()} />
            ) : (
              <JobList
                key={JSON.stringify(filters)}
                jobs={jobs}
                search={search}
                looking={looking}
                ticks={ticks}
                current={current}
                isNarrow={isNarrow === true}
                isBeside={Boolean(panel) && hasSide === true}
                onOpen={open}
                onChange={change}
              />
            )}
            {mayChange && <BulkBar ticks={ticks} jobs={items} filters={filters} counts={counts.data} />}
          </div>
          {panel && hasSide && (
            <aside className={classes.side} aria-label="Job">
              {panel}
            </aside>
          )}
        </div>
      </div>
      {!hasSide && (
        <Drawer
          opened={Boolean(panel)}
          onClose={close}
          position="right"
          size={isNarrow ? "100%" : 480}
          withCloseButton={false}
          attributes={{ content: { "aria-label": "Job" } }}
        >
          {panel}
        </Drawer>
      )}
    </Page>
  );
}

const NO_JOBS: never[] = [];
