import { Group, Progress, Text } from "@mantine/core";

import { STATE_COLOR } from "@/app/theme";
import { count } from "@/lib/words";

export interface Family {
  done: number;
  all: number;
}

interface Props {
  progress: { fraction: number; note?: string | null } | null;
  family: Family;
  isDone: boolean;
  state: string;
}

/** How far the job is, by its own word; beside it how many of its children are done. */
export function Bar({ progress, family, isDone, state }: Props) {
  const hasFamily = family.all > 0;
  if (!progress && !hasFamily) return null;
  const percent = isDone ? 100 : Math.round((progress?.fraction ?? family.done / family.all) * 100);
  const children = hasFamily && `${count(family.done)} of ${count(family.all)} children done`;
  const words = [!isDone && progress?.note, children].filter(Boolean).join(" · ");
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
