import { Alert, Text } from "@mantine/core";
import { IconHourglass } from "@tabler/icons-react";

import type { Schemas } from "@/api/client";
import { took } from "@/lib/words";
import { useNow } from "@/ui/Time";

/** Why the job is not running: in words, with its place in line and the time it waits for. */
export function Why({ why }: { why: Schemas["WhyView"] }) {
  const title = why.position ? `Number ${why.position.text} in line` : "Why it is not running";
  return (
    <Alert color={COLOR[why.reason] ?? "gray"} icon={<IconHourglass size={18} />} title={title} p="xs">
      <Text size="sm">
        {why.detail}
        {why.until && <Left until={why.until} />}
      </Text>
    </Alert>
  );
}

const COLOR: Record<string, string> = {
  no_worker: "red",
  queue_paused: "orange",
  waiting: "grape",
  key_full: "orange",
};

function Left({ until }: { until: string }) {
  const left = Date.parse(until) - useNow();
  if (left <= 0) return null;
  return <b> {took(Math.ceil(left / 1000) * 1000)} to go.</b>;
}
