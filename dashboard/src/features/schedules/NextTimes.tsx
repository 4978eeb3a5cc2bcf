import { Table, Text } from "@mantine/core";

import { Time } from "@/ui/Time";

import type { Schedule } from "./queries";

/** The next five times of a schedule, or why there are none. */
export function NextTimes({ schedule: { next_times, timezone, paused_at, retired_at } }: { schedule: Schedule }) {
  if (paused_at ?? retired_at) {
    return (
      <Text size="sm" c="dimmed">
        It does not fire{paused_at ? " while it is paused" : ""}.
      </Text>
    );
  }
  return <TimeTable times={next_times} timezone={timezone} />;
}

/** Times by the clocks of a zone, and by the reader's where they show something else. */
export function TimeTable({ times, timezone }: { times: string[]; timezone: string }) {
  const isElsewhere = times.some((at) => inZone(at, timezone) !== inZone(at));
  return (
    <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} highlightOnHover={false}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{isElsewhere ? timezone : "Time"}</Table.Th>
          {isElsewhere && <Table.Th>Your time</Table.Th>}
          <Table.Th visibleFrom="xs" ta="end">
            From now
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {times.map((at) => (
          <Table.Tr key={at}>
            <Table.Td>{inZone(at, timezone)}</Table.Td>
            {isElsewhere && <Table.Td c="dimmed">{inZone(at)}</Table.Td>}
            <Table.Td visibleFrom="xs" c="dimmed" ta="end">
              <Time at={at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** "Mon, 23 Nov, 06:00 GMT+1"; in the person's own zone without one, and where the browser does not know it. */
export function inZone(at: string, timeZone?: string): string {
  const look = {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  } as const;
  try {
    return new Intl.DateTimeFormat(undefined, { ...look, timeZone }).format(new Date(at));
  } catch {
    return new Intl.DateTimeFormat(undefined, look).format(new Date(at));
  }
}
