import { Alert, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { Problem } from "@/api/problem";

/** Why a form was not taken, above its button, and in how many seconds it can be tried again. */
export function Refusal({ problem, wait }: { problem: unknown; wait?: number }) {
  if (!problem) return null;
  const isDelay = problem instanceof Problem && problem.status === 429;
  const text = problem instanceof Error ? problem.message : String(problem);
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} role="alert" p="xs">
      <Text size="sm">{isDelay ? "There were too many tries." : text}</Text>
      {isDelay && (
        <Text size="sm" aria-live="off">
          {wait ? `Try again in ${String(wait)} s.` : "Try again now."}
        </Text>
      )}
    </Alert>
  );
}
