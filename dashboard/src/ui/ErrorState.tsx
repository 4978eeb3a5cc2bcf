import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";

import { Problem } from "@/api/problem";

/** What went wrong, in words, with what a person can do; an answer that isn't the API's is shown raw. */
export function ErrorState({ problem, onRetry }: { problem: unknown; onRetry?: () => void }) {
  const isOurs = problem instanceof Problem;
  const text = problem instanceof Error ? problem.message : String(problem);
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={titleOf(problem)} role="alert" my="sm">
      <Stack gap="xs">
        <Text size="sm">{text}</Text>
        {isOurs && problem.raw && (
          <Code block mah={240}>
            {problem.raw}
          </Code>
        )}
        {isOurs && problem.requestId && (
          <Text size="xs" c="dimmed">
            Request {problem.requestId}: the server's log has more under this id.
          </Text>
        )}
        {onRetry && (
          <Group>
            <Button variant="light" color="red" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
              Try again
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

function titleOf(problem: unknown): string {
  if (!(problem instanceof Problem)) return "This part of the page broke";
  if (problem.isUnreachable) return "Server unreachable";
  if (problem.status === 404) return "Not found";
  if (problem.status === 403) return "Not allowed";
  if (problem.status === 429) return "Too many requests";
  return problem.code === "malformed_answer" ? "Malformed answer" : "That did not work";
}
