import { Group, Progress, Text } from "@mantine/core";

import { STATE_COLOR } from "@/app/theme";
import { isFinal } from "@/lib/words";

import type { ToldChild } from "../told/recording";

interface Props {
  progress: { fraction: number; note?: string | null } | null;
  children: readonly ToldChild[];
  isDone: boolean;
  state: string;
}

/** How far the job is, by its own word; beside it how many of its children are done. */
export function Bar({ progress, children, isDone, state }: Props) {
  const done = children.filter((child) => child.state !== null && isFinal(child.state)).length;
  const family = children.length > 1 ? `${String(done)} of ${String(children.length)} children done` : "";
  if (!progress && !family) return null;
  const percent = isDone ? 100 : Math.round((progress?.fraction ?? done / children.length) * 100);
  const words = [isDone ? "" : noteOf(progress), family].filter(Boolean).join(" · ");
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={4} wrap="nowrap">
        <Text size="sm" role="status" truncate>
          {words || (isDone ? "Done" : "\u00a0")}
        </Text>
        <Text size="sm" c="dimmed">
          {percent} %
        </Text>
      </Group>
      <Progress.Root size="sm">
        <Progress.Section value={percent} color={STATE_COLOR[state] ?? "gray"} aria-label="Progress" />
      </Progress.Root>
    </div>
  );
}

function noteOf(progress: Props["progress"]): string {
  return progress?.note ?? "";
}
