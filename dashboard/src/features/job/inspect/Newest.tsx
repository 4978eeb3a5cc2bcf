import { Button, Center, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";

import classes from "./Lines.module.css";
import { useFollowEnd } from "./useFollowEnd";

const STEP = 300;

interface Props<T> {
  things: readonly T[];
  label: string;
  children: (thing: T) => ReactNode;
}

/** The newest of many lines, the end in sight; earlier ones are shown on request. */
export function Newest<T>({ things, label, children }: Props<T>) {
  const [most, setMost] = useState(STEP);
  const scroller = useFollowEnd<HTMLDivElement>(things.length, true);
  const earlier = things.length - most;
  return (
    <div ref={scroller} className={classes.lines} tabIndex={0} role="log" aria-label={label} aria-live="off">
      {things.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing of what is switched on
        </Text>
      )}
      {earlier > 0 && (
        <Center pb="xs">
          <Button variant="default" onClick={() => setMost(most + 5 * STEP)}>
            Show earlier ({earlier.toLocaleString("en")})
          </Button>
        </Center>
      )}
      {things.slice(-most).map(children)}
    </div>
  );
}
