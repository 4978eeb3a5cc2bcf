import { Group, Progress, Text } from "@mantine/core";

import { money } from "@/lib/words";
import { Time } from "@/ui/Time";

import type { Period } from "../queries";

const FULL = 0.9;

/** What is spent and reserved of a period's limit. */
export function PeriodBar({ name, period }: { name: "day" | "month"; period: Period }) {
  const { limit_nano_usd: limit, spent_nano_usd: spent, reserved_nano_usd: reserved, left_nano_usd: left } = period;
  const percent = (part: number): number => (limit > 0 ? Math.min(100, (100 * part) / limit) : 100);
  const isFull = limit === 0 || spent + reserved >= FULL * limit;
  const words = `${money(spent)} spent${reserved ? `, ${money(reserved)} reserved` : ""} of ${money(limit)}`;
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="sm">
          {name === "day" ? "Today" : "This month"}: {words}
        </Text>
        <Text size="sm" c={isFull ? "red" : "dimmed"}>
          {money(Math.max(0, left))} left, new <Time at={period.ends_at} />
        </Text>
      </Group>
      <Progress.Root size="md">
        <Progress.Section value={percent(spent)} color={isFull ? "red" : "teal"} aria-label={`Spent ${name}`} />
        <Progress.Section
          value={Math.min(percent(reserved), 100 - percent(spent))}
          color="orange.4"
          striped
          aria-label={`Reserved ${name}`}
        />
      </Progress.Root>
    </div>
  );
}
