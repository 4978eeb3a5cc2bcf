import { Chip, Group, Text } from "@mantine/core";
import { useMemo, useState } from "react";

import { Empty } from "@/ui/Empty";

import type { JobEvent } from "../told/recording";
import { type LogLine, logOf } from "../told/telling";
import { Newest } from "./Newest";
import classes from "./Lines.module.css";
import { clockOf } from "./clock";

const LEVELS = ["debug", "info", "warning", "error"];

/** The job's log, the newest line last; levels are switched on and off. */
export function Log({ events }: { events: readonly JobEvent[] }) {
  const lines = useMemo(() => logOf(events), [events]);
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const there = [...new Set(lines.map(({ level }) => level))].sort((one, other) => rank(one) - rank(other));
  const shown = lines.filter(({ level }) => !hidden.includes(level));
  const turn = (level: string): void =>
    setHidden(hidden.includes(level) ? hidden.filter((name) => name !== level) : [...hidden, level]);
  if (lines.length === 0) return <Empty title="No lines">The task writes them with job.log.</Empty>;
  return (
    <>
      {there.length > 1 && (
        <Group gap={6} mb="xs">
          {there.map((level) => (
            <Chip key={level} size="xs" checked={!hidden.includes(level)} onChange={() => turn(level)}>
              {level} {lines.filter((line) => line.level === level).length}
            </Chip>
          ))}
        </Group>
      )}
      <Newest things={shown} label="Log">
        {(line) => <Line key={line.seq} line={line} />}
      </Newest>
    </>
  );
}

function Line({ line: { at, level, message } }: { line: LogLine }) {
  return (
    <div className={classes.line} data-level={level}>
      <span className={classes.at}>{clockOf(at)}</span>
      <Text span inherit fw={600} className={classes.type}>
        {level}
      </Text>
      <span className={classes.words}>{message}</span>
    </div>
  );
}

function rank(level: string): number {
  const place = LEVELS.indexOf(level);
  return place < 0 ? LEVELS.length : place;
}
