import { Group, Text } from "@mantine/core";

import { useFollowEnd } from "@/features/job/inspect/useFollowEnd";
import { isFinal } from "@/lib/words";
import { StateBadge } from "@/ui/StateBadge";

import classes from "./Writing.module.css";
import type { Section } from "./parts";

/** The sections side by side, each as far as it is written. */
export function Sections({ sections, isOver }: { sections: readonly Section[]; isOver: boolean }) {
  if (sections.length === 0) return null;
  return (
    <div className={classes.sections}>
      {sections.map((section) => (
        <Written key={section.job} section={section} isGrowing={!isOver && !isFinal(section.state)} />
      ))}
    </div>
  );
}

function Written({ section: { heading, state, text }, isGrowing }: { section: Section; isGrowing: boolean }) {
  const scroller = useFollowEnd<HTMLDivElement>(text, isGrowing);
  return (
    <section className={classes.section} aria-label={heading}>
      <Group gap={6} wrap="nowrap" justify="space-between" mb={6}>
        <Text size="sm" fw={600} truncate title={heading}>
          {heading}
        </Text>
        <StateBadge state={state} size="xs" style={{ flex: "none" }} />
      </Group>
      <div ref={scroller} className={classes.passage} tabIndex={0} role="region" aria-label={`Text of ${heading}`}>
        {text || (
          <Text size="sm" c="dimmed">
            Nothing written yet
          </Text>
        )}
      </div>
    </section>
  );
}
