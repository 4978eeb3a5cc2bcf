import { Button, Center, Group, Loader, Text } from "@mantine/core";

import { Problem } from "@/api/problem";

interface Props {
  shown: number;
  searched: number | null;
  isWhole: boolean;
  isFull: boolean;
  isLoading: boolean;
  problem: Error | null;
  onRetry: () => void;
  /** Show what is older than the last row. */
  onOlder: () => void;
}

/** The list's end: more is coming, could not be had, or there is no more. */
export function Foot({ shown, searched, isWhole, isFull, isLoading, problem, onRetry, onOlder }: Props) {
  return (
    <Center mih={40} py={6} px="sm">
      {problem ? (
        <Group gap="xs">
          <Text size="sm" c="red">
            {problem instanceof Problem && problem.isUnreachable ? "The server can’t be reached." : problem.message}
          </Text>
          <Button variant="light" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      ) : isFull ? (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {shown.toLocaleString("en")} jobs are shown.
          </Text>
          <Button variant="light" onClick={onOlder}>
            Go on with older ones
          </Button>
        </Group>
      ) : isWhole ? (
        <Text size="xs" c="dimmed">
          {shown === 1 ? "1 job" : `${shown.toLocaleString("en")} jobs`}
          {searched !== null && `, found among the newest ${searched.toLocaleString("en")}`}
        </Text>
      ) : (
        isLoading && <Loader size="xs" aria-label="Loading older jobs" />
      )}
    </Center>
  );
}
