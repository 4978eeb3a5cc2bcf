import { Button, Code, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { Time } from "@/ui/Time";

import classes from "./WaitList.module.css";
import { type Wait, type WaitState, waitsQuery } from "./queries";

interface Props {
  state: WaitState;
  chosen: string | undefined;
  onChoose: (id: string) => void;
}

/** The waits of a state, newest first. */
export function WaitList({ state, chosen, onChoose }: Props) {
  const query = useInfiniteQuery(waitsQuery(state));
  if (!query.data) {
    if (query.isError) return <ErrorState problem={query.error} onRetry={() => void query.refetch()} />;
    return <Loading lines={8} />;
  }
  const waits = query.data.pages.flatMap(({ items }) => items);
  if (waits.length === 0) return <None state={state} />;
  return (
    <Stack gap="xs" component="nav" aria-label="Waits">
      {waits.map((wait) => (
        <Entry key={wait.id} wait={wait} isChosen={wait.id === chosen} onChoose={onChoose} />
      ))}
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Older ones
        </Button>
      )}
    </Stack>
  );
}

function None({ state }: { state: WaitState }) {
  if (state !== "open") return <Empty title="None yet" />;
  return (
    <Empty title="Nobody is waited for">
      A task asks a person with <Code>await job.wait_for("approval", Approval)</Code>: its job stands here until
      somebody answers, for days if need be.
    </Empty>
  );
}

interface EntryProps {
  wait: Wait;
  isChosen: boolean;
  onChoose: (id: string) => void;
}

function Entry({ wait, isChosen, onChoose }: EntryProps) {
  const { id, task, name, opened_at, due_at, settled_at, state, answered_by } = wait;
  return (
    <UnstyledButton className={classes.entry} aria-current={isChosen || undefined} onClick={() => onChoose(id)}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fw={600} size="sm" truncate>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          <Time at={settled_at ?? opened_at} />
        </Text>
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed" truncate>
          {task}
        </Text>
        {state === "open" && due_at && (
          <Text size="xs" c="dimmed">
            until <Time at={due_at} />
          </Text>
        )}
        {state === "answered" && (
          <Text size="xs" c="dimmed" truncate>
            by {answered_by ?? "its address"}
          </Text>
        )}
      </Group>
    </UnstyledButton>
  );
}
