import { Badge, Progress, Stack, Text } from "@mantine/core";

import { STATE_COLOR } from "@/app/theme";

import { type BulkAction, isRunning } from "./queries";
import { fractionOf } from "./words";

/** Whether a bulk action runs, is through, or was stopped. */
export function BulkState({ bulk }: { bulk: BulkAction }) {
  return (
    <Badge size="sm" color={STATE_COLOR[bulk.state === "aborted" ? "cancelled" : bulk.state] ?? "gray"}>
      {bulk.state}
    </Badge>
  );
}

/** How far a bulk action is: as a bar, and in numbers. */
export function BulkProgress({ bulk, size }: { bulk: BulkAction; size?: "sm" | "lg" }) {
  const fraction = fractionOf(bulk);
  const through = bulk.done + bulk.skipped;
  const isMoving = isRunning(bulk) && fraction === undefined;
  return (
    <Stack gap={4}>
      <Progress
        value={(fraction ?? (isMoving ? 1 : 0)) * 100}
        size={size ?? "sm"}
        animated={isMoving}
        color={bulk.state === "aborted" ? "gray" : undefined}
        aria-label={`${through.toLocaleString("en")} of ${bulk.total.text} jobs`}
      />
      <Text size="xs" c="dimmed">
        {bulk.done.toLocaleString("en")} done
        {bulk.skipped > 0 && `, ${bulk.skipped.toLocaleString("en")} passed over`} of {bulk.total.text}
      </Text>
    </Stack>
  );
}
