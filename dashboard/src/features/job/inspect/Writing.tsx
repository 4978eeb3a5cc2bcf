import { Badge, Box, Group, Text } from "@mantine/core";
import { useMemo } from "react";

import { Empty } from "@/ui/Empty";
import { Loading } from "@/ui/Loading";
import { StateBadge } from "@/ui/StateBadge";

import { JobLink } from "../header/JobLink";
import type { Recording, Told, ToldChild } from "../told/recording";
import { type Block, textOf, until } from "../told/telling";
import classes from "./Writing.module.css";
import { useFollowEnd } from "./useFollowEnd";

interface Props {
  recording: Recording;
  moment: number | null;
  isOver: boolean;
}

/** The text that the job writes, and that of its children side by side, as it comes. */
export function Writing({ recording, moment, isOver }: Props) {
  const blocks = useText(recording.own, moment);
  const { children } = recording;
  const isGrowing = !isOver || moment !== null;
  const scroller = useFollowEnd<HTMLDivElement>(blocks, isGrowing);
  if (recording.own.state === null && blocks.length === 0) return <Loading lines={6} />;
  if (blocks.length === 0 && children.length === 0) {
    return (
      <Empty title={isOver ? "It wrote no text" : "No text yet"}>
        {isOver ? "" : "Text shows here while it is written."}
      </Empty>
    );
  }
  return (
    <>
      {blocks.length > 0 && (
        <div ref={scroller} className={classes.text} tabIndex={0} role="region" aria-label="Text">
          {blocks.map((block) => (
            <Passage key={block.step ?? ""} block={block} isAlone={blocks.length === 1} />
          ))}
        </div>
      )}
      {children.length > 0 && (
        <div className={classes.family}>
          {children.map((child) => (
            <ChildText key={child.id} child={child} moment={moment} isGrowing={isGrowing} />
          ))}
        </div>
      )}
    </>
  );
}

function Passage({ block: { step, text }, isAlone }: { block: Block; isAlone: boolean }) {
  return (
    <>
      {step !== null && !isAlone && (
        <Text size="xs" c="dimmed" fw={600} mt={6}>
          {step}
        </Text>
      )}
      <p className={classes.passage}>{text}</p>
    </>
  );
}

interface ChildProps {
  child: ToldChild;
  moment: number | null;
  isGrowing: boolean;
}

function ChildText({ child, moment, isGrowing }: ChildProps) {
  const blocks = useText(child, moment);
  const scroller = useFollowEnd<HTMLDivElement>(blocks, isGrowing);
  const name = `${child.step} ${String(child.place + 1)}`;
  return (
    <Box className={classes.child} component="section" aria-label={name}>
      <Group gap={6} wrap="nowrap" justify="space-between" mb={4}>
        <Text size="xs" fw={600} truncate>
          {name} <JobLink id={child.id} />
        </Text>
        {child.state ? <StateBadge state={child.state} size="xs" /> : <Badge size="xs">…</Badge>}
      </Group>
      <div ref={scroller} className={classes.text} tabIndex={0} role="region" aria-label={`Text of ${name}`}>
        {blocks.length === 0 ? (
          <Text size="xs" c="dimmed">
            Nothing written yet
          </Text>
        ) : (
          blocks.map((block) => <Passage key={block.step ?? ""} block={block} isAlone={blocks.length === 1} />)
        )}
      </div>
    </Box>
  );
}

function useText({ events }: Told, moment: number | null): Block[] {
  return useMemo(() => textOf(until(events, moment)), [events, moment]);
}
