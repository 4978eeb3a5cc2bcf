import { Badge, Group, Stack, Table, Text } from "@mantine/core";

import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { cronWords } from "./cron";
import type { ScheduleItem } from "./queries";

/** The schedules by name. */
export function ScheduleTable({ schedules }: { schedules: ScheduleItem[] }) {
  return (
    <Table verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Schedule</Table.Th>
          <Table.Th>When</Table.Th>
          <Table.Th visibleFrom="sm">Task</Table.Th>
          <Table.Th w={110}>Next</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {schedules.map((schedule) => (
          <ScheduleRow key={schedule.name} schedule={schedule} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function ScheduleRow({ schedule }: { schedule: ScheduleItem }) {
  const { name, cron, timezone, task, next_at, paused_at, retired_at, app } = schedule;
  const words = cronWords(cron);
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={2}>
          <TextLink to="/schedules/$name" params={{ name }} size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
            {name}
          </TextLink>
          <Text size="xs" c="dimmed">
            {app ? "from code" : "made here"}
          </Text>
        </Stack>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{words ?? cron}</Text>
        <Text size="xs" c="dimmed">
          {words && (
            <Text span inherit ff="monospace" visibleFrom="xs">
              {cron}{" "}
            </Text>
          )}
          {timezone}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ overflowWrap: "anywhere" }}>
        <TextLink to="/tasks/$name" params={{ name: task }} size="sm">
          {task}
        </TextLink>
      </Table.Td>
      <Table.Td>
        <Group gap={6}>
          {retired_at && <Badge color="gray">no longer in code</Badge>}
          {paused_at && !retired_at && <Badge color="orange">paused</Badge>}
          {!paused_at && !retired_at && <Time at={next_at} />}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
