import { Group, Text } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";

import { Owner } from "@/ui/Owner";
import { StateBadge } from "@/ui/StateBadge";
import { Time, Took } from "@/ui/Time";

import { Detail } from "./Detail";
import classes from "./JobCards.module.css";
import { NewPill } from "./NewPill";
import { isStopping } from "./jobWords";
import type { ListProps } from "./list";
import { useAnchor } from "./useAnchor";
import { useNewer } from "./useNewer";
import type { JobItem } from "./firstPage";

const CARD = 64;
const AHEAD = 30;

/** The jobs as cards of two lines, for narrow screens: they scroll with the page. */
export function JobCards(list: ListProps) {
  const { jobs, looking, onEnd } = list;
  const box = useRef<HTMLUListElement>(null);
  const [above, setAbove] = useState(0);
  useLayoutEffect(() => setAbove(box.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: jobs.length,
    estimateSize: () => CARD,
    overscan: 8,
    scrollMargin: above,
  });
  const items = virtual.getVirtualItems();
  const newer = useNewer(jobs, looking);
  const { look } = newer;
  useEffect(() => {
    const scrolled = (): void => look(Math.max(0, Math.ceil((window.scrollY - above) / CARD)));
    window.addEventListener("scroll", scrolled, { passive: true });
    return () => window.removeEventListener("scroll", scrolled);
  }, [look, above]);
  useAnchor(
    jobs,
    () => looking.current,
    (by) => window.scrollBy(0, by * CARD),
  );
  const end = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (end >= jobs.length - AHEAD) onEnd();
  }, [end, jobs.length, onEnd]);
  return (
    <div className={classes.frame} data-stale={list.isStale || undefined}>
      <NewPill newer={newer} list={list} onTop={() => window.scrollTo({ top: 0 })} />
      <ul ref={box} className={classes.cards} style={{ height: virtual.getTotalSize() }} aria-label="Jobs">
        {items.map(({ index, start }) => {
          const job = jobs[index];
          return (
            job && (
              <li key={job.id} style={{ transform: `translateY(${String(start - above)}px)` }}>
                <Card
                  job={job}
                  isTickable={list.isTickable}
                  isTicked={list.ticked.has(job.id)}
                  onOpen={list.onOpen}
                  onTick={list.onTick}
                />
              </li>
            )
          );
        })}
      </ul>
      {list.foot}
    </div>
  );
}

type CardProps = { job: JobItem; isTicked: boolean } & Pick<ListProps, "isTickable" | "onOpen" | "onTick">;

function Card({ job, isTickable, isTicked, onOpen, onTick }: CardProps) {
  return (
    <div className={classes.card} data-ticked={isTicked || undefined}>
      {isTickable && (
        <label className={classes.tick}>
          <input
            type="checkbox"
            checked={isTicked}
            onChange={() => onTick(job.id, false)}
            aria-label={`Select job ${job.id.slice(-12)}`}
          />
        </label>
      )}
      <button type="button" className={classes.open} onClick={() => onOpen(job.id)}>
        <Group gap={8} wrap="nowrap" justify="space-between">
          <Text span size="sm" fw={500} truncate>
            {job.task}
          </Text>
          <StateBadge state={isStopping(job) ? "stopping" : job.state} style={{ flex: "none" }} />
        </Group>
        <Group gap={8} wrap="nowrap" justify="space-between" className={classes.second}>
          <span className={classes.detail}>
            {job.error || job.progress ? <Detail job={job} /> : <Owner owner={job.owner} />}
          </span>
          <span className={classes.times}>
            {job.started_at && (
              <>
                <Took from={job.started_at} to={job.finished_at} /> ·{" "}
              </>
            )}
            <Time at={job.created_at} />
          </span>
        </Group>
      </button>
    </div>
  );
}
