import { Badge, type BadgeProps } from "@mantine/core";

import { STATE_COLOR } from "@/app/theme";

/** The state of a job, in its colour and in words. */
export function StateBadge({ state, ...rest }: { state: string } & BadgeProps) {
  return (
    <Badge color={STATE_COLOR[state] ?? "gray"} size="sm" {...rest}>
      {state}
    </Badge>
  );
}
