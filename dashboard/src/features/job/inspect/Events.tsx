import { Chip, Group } from "@mantine/core";
import { useState } from "react";

import { Empty } from "@/ui/Empty";

import type { JobEvent } from "../told/recording";
import { lineOf } from "../told/telling";
import classes from "./Lines.module.css";
import { Newest } from "./Newest";
import { clockOf } from "./clock";

/** All that the job reported, in order; kinds are switched on and off. */
export function Events({ events }: { events: readonly JobEvent[] }) {
  const [hidden, setHidden] = useState<readonly string[]>(["text"]);
  const types = [...new Set(events.map(({ type }) => type))].sort();
  const shown = events.filter(({ type }) => !hidden.includes(type));
  const turn = (type: string): void =>
    setHidden(hidden.includes(type) ? hidden.filter((name) => name !== type) : [...hidden, type]);
  if (events.length === 0) return <Empty title="Nothing reported yet" />;
  return (
    <>
      <Group gap={6} mb="xs">
        {types.map((type) => (
          <Chip key={type} size="xs" checked={!hidden.includes(type)} onChange={() => turn(type)}>
            {type} {events.filter((event) => event.type === type).length.toLocaleString("en")}
          </Chip>
        ))}
      </Group>
      <Newest things={shown} label="Events">
        {(event) => (
          <div key={event.seq} className={classes.line}>
            <span className={classes.at}>{clockOf(event.at)}</span>
            <span className={classes.type}>{event.type}</span>
            <span className={classes.words}>{lineOf(event)}</span>
          </div>
        )}
      </Newest>
    </>
  );
}
