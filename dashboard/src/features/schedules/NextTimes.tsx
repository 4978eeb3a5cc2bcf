import { Group, List, Text } from "@mantine/core";

import { Time } from "@/ui/Time";

import type { Schedule } from "./queries";

/** The next five times, by the clocks of the schedule's zone. */
export function NextTimes({ schedule: { next_times, timezone, paused_at, retired_at } }: { schedule: Schedule }) {
  if (paused_at ?? retired_at) {
    return (
      <Text size="sm" c="dimmed">
        It does not fire{paused_at ? " while it is paused" : ""}.
      </Text>
    );
  }
  return (
    <List listStyleType="none" spacing={4} size="sm">
      {next_times.map((at) => (
        <List.Item key={at}>
          <Group gap="sm">
            <Text span size="sm">
              {inZone(at, timezone)}
            </Text>
            <Text span size="xs" c="dimmed">
              <Time at={at} />
            </Text>
          </Group>
        </List.Item>
      ))}
    </List>
  );
}

/** "Mon, 23 Nov, 06:00 GMT+1"; in the person's own zone where the browser does not know this one. */
export function inZone(at: string, timeZone: string): string {
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
