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
  const isElsewhere = times.some((at) => clockOf(at, timezone) !== clockOf(at));
  return (
    <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} highlightOnHover={false}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th pr="xs">{timezone}</Table.Th>
          {isElsewhere && <Table.Th pr="xs">Your time</Table.Th>}
          <Table.Th visibleFrom="xs" ta="end" fz="xs" style={{ whiteSpace: "nowrap" }}>
            From now
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {times.map((at) => (
          <Table.Tr key={at}>
            <Table.Td pr="xs">{clockOf(at, timezone)}</Table.Td>
            {isElsewhere && (
              <Table.Td pr="xs" c="dimmed">
                {clockOf(at)}
              </Table.Td>
            )}
            <Table.Td visibleFrom="xs" c="dimmed" ta="end" fz="xs">
              <Time at={at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const CLOCK = {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
} as const;

/** "Mon, 23 Nov, 06:00" by the clocks of a zone; by the reader's own without one. */
function clockOf(at: string, timeZone?: string): string {
  return written(at, CLOCK, timeZone);
}

/** "Mon, 23 Nov, 06:00 GMT+1" */
export function inZone(at: string, timeZone: string): string {
  return written(at, { ...CLOCK, timeZoneName: "short" }, timeZone);
}

/** In the reader's own zone where the browser does not know this one. */
function written(at: string, look: Intl.DateTimeFormatOptions, timeZone?: string): string {
  try {
    return new Intl.DateTimeFormat(undefined, { ...look, timeZone }).format(new Date(at));
  } catch {
    return new Intl.DateTimeFormat(undefined, { ...look, timeZoneName: "short" }).format(new Date(at));
  }
}
