import { Group, Skeleton, UnstyledButton } from "@mantine/core";

import { STATE_COLOR } from "@/app/theme";
import { STATES } from "@/lib/words";

import classes from "./StateFilter.module.css";
import { split, toggled } from "./search";
import type { StateCounts } from "./useStateCounts";

interface Props {
  /** The states asked for, with commas between them. */
  state: string | undefined;
  counts: StateCounts | undefined;
  isLoading: boolean;
  onChange: (state: string | undefined) => void;
}

/** How many jobs stand in each state; a click shows only those, or those as well. */
export function StateFilter({ state, counts, isLoading, onChange }: Props) {
  const asked = split(state);
  return (
    <Group gap={6} role="group" aria-label="States" wrap="nowrap" className={classes.states}>
      {STATES.map((name) => {
        const tally = counts?.[name];
        return (
          <UnstyledButton
            key={name}
            className={classes.state}
            aria-pressed={asked.includes(name)}
            data-empty={tally?.count === 0 || undefined}
            onClick={() => onChange(toggled(state, name))}
          >
            <span
              className={classes.dot}
              style={{ background: `var(--mantine-color-${STATE_COLOR[name] ?? "gray"}-filled)` }}
            />
            {name}
            {isLoading ? <Skeleton w={24} h={12} /> : tally && <b>{tally.text}</b>}
          </UnstyledButton>
        );
      })}
    </Group>
  );
}
