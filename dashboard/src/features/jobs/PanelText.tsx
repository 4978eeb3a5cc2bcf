import { Stack, Text } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";

import type { JobEvent } from "@/features/job/told/recording";
import { textOf } from "@/features/job/told/telling";

import classes from "./JobPanel.module.css";

/** As much of a text as is looked at beside a list. */
const TAIL = 4_000;
const NEAR_PX = 40;

/** The end of what the job has written; it follows while it is being written, unless one scrolled up. */
export function PanelText({ events, isOver }: { events: readonly JobEvent[]; isOver: boolean }) {
  const text = useMemo(
    () =>
      textOf(events)
        .map((block) => block.text)
        .join("\n\n")
        .slice(-TAIL),
    [events],
  );
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const { current } = box;
    if (current && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [text]);
  if (!text) return null;
  return (
    <Stack gap={4} component="section">
      <Text component="h2" size="sm" fw={600}>
        {isOver ? "Text" : "Text, as it is written"}
      </Text>
      <div
        ref={box}
        className={classes.text}
        tabIndex={0}
        role="region"
        aria-label="Text of the job"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
        }}
      >
        {text}
      </div>
    </Stack>
  );
}
