import { CloseButton, Group, Paper, Text, UnstyledButton } from "@mantine/core";
import { IconBan, IconRefresh, IconTrash } from "@tabler/icons-react";

import { STATES } from "@/lib/words";
import { ActButton } from "@/ui/ActButton";

import classes from "./BulkBar.module.css";
import { type BulkVerb, VERBS, fits, statesFor } from "./bulk";
import { type JobFilters, split } from "./search";
import type { JobItem } from "./firstPage";
import { useBulk } from "./useBulk";
import { type StateCounts, tallied } from "./useStateCounts";
import type { Ticks } from "./useTicks";

const ICONS = { cancel: IconBan, retry: IconRefresh, delete: IconTrash };
const ORDER: BulkVerb[] = ["retry", "cancel", "delete"];

interface Props {
  ticks: Ticks;
  jobs: JobItem[];
  filters: JobFilters;
  counts: StateCounts | undefined;
}

/** What can be done to the jobs that are ticked: it stands over the list's lower edge while any is. */
export function BulkBar({ ticks, jobs, filters, counts }: Props) {
  const bulk = useBulk({ ticks, jobs, filters, counts });
  if (ticks.ids.size === 0) return null;
  const ticked = jobs.filter(({ id }) => ticks.ids.has(id));
  const matching = tallied(counts, filters.state ? split(filters.state) : STATES);
  return (
    <Paper className={classes.bar} role="toolbar" aria-label="Selected jobs" shadow="md" withBorder>
      <Group gap="xs" wrap="nowrap" className={classes.inner}>
        <CloseButton size="sm" onClick={ticks.clear} aria-label="Select none" />
        <Text size="sm" fw={600} style={{ whiteSpace: "nowrap" }} aria-live="polite">
          {ticks.isAllMatching ? allWords(matching?.text) : `${ticks.ids.size.toLocaleString("en")} selected`}
        </Text>
        {!ticks.isAllMatching && (
          <UnstyledButton className={classes.all} onClick={ticks.tickAllMatching}>
            Select all that match
          </UnstyledButton>
        )}
        {ORDER.map((verb) => {
          const Icon = ICONS[verb];
          const fitting = ticked.filter((job) => fits(verb, job)).length;
          const all = tallied(counts, statesFor(verb, filters));
          const isOffered = ticks.isAllMatching ? statesFor(verb, filters).length > 0 && all?.count !== 0 : fitting > 0;
          return (
            <ActButton
              key={verb}
              variant="light"
              color={verb === "retry" ? undefined : "red"}
              leftSection={<Icon size={14} />}
              disabled={!isOffered || bulk.isPending}
              loading={bulk.pending === verb}
              onClick={() => void bulk.begin(verb)}
            >
              {VERBS[verb].label}
              {!ticks.isAllMatching && fitting > 0 && fitting < ticked.length && ` ${String(fitting)}`}
            </ActButton>
          );
        })}
      </Group>
    </Paper>
  );
}

function allWords(number: string | undefined): string {
  return number ? `All that match: ${number}` : "All that match";
}
