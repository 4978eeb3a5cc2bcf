import { ActionIcon, Badge, Group, Table, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconAdjustments, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";

import { useMay } from "@/shell/me";
import { Took } from "@/ui/Time";
import { TextLink } from "@/ui/links";
import { useReach } from "@/ui/useReach";

import { LimitsDialog } from "./LimitsDialog";
import { type Queue, limitWords } from "./limits";
import { usePause } from "./usePause";

/** The queues by name. */
export function QueueTable({ queues }: { queues: Queue[] }) {
  const mayChange = useMay("queues:write");
  const [limited, setLimited] = useState<string | null>(null);
  const open = queues.find(({ name }) => name === limited);
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Queue</Table.Th>
            <Table.Th w={100} ta="end">
              In line
            </Table.Th>
            <Table.Th w={130} ta="end">
              Oldest waits
            </Table.Th>
            <Table.Th w={100} ta="end">
              Workers
            </Table.Th>
            <Table.Th w={220}>Limits</Table.Th>
            {mayChange && (
              <Table.Th w={90}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {queues.map((queue) => (
            <QueueRow key={queue.name} queue={queue} mayChange={mayChange} onLimit={() => setLimited(queue.name)} />
          ))}
        </Table.Tbody>
      </Table>
      {open && <LimitsDialog key={open.name} queue={open} onClose={() => setLimited(null)} />}
    </Table.ScrollContainer>
  );
}

interface Row {
  queue: Queue;
  mayChange: boolean;
  onLimit: () => void;
}

function QueueRow({ queue, mayChange, onLimit }: Row) {
  const { name, depth, oldest_ready_at, workers, paused } = queue;
  const isStuck = depth.count > 0 && workers === 0 && !paused;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6}>
          <TextLink to="/jobs" search={{ queue: name }} size="sm" fw={600}>
            {name}
          </TextLink>
          {paused && <Badge color="orange">paused</Badge>}
        </Group>
      </Table.Td>
      <Table.Td ta="end">
        <TextLink to="/jobs" search={{ queue: name, state: "queued" }} size="sm">
          {depth.text}
        </TextLink>
      </Table.Td>
      <Table.Td ta="end">
        <Took from={oldest_ready_at} to={null} />
      </Table.Td>
      <Table.Td ta="end">
        <Text span size="sm" c={isStuck ? "red" : undefined} fw={isStuck ? 600 : undefined}>
          {isStuck ? "none" : workers}
        </Text>
      </Table.Td>
      <Table.Td c={limitWords(queue) ? undefined : "dimmed"}>{limitWords(queue) || "none"}</Table.Td>
      {mayChange && (
        <Table.Td>
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <PauseButton queue={queue} />
            <Tooltip label="Limits">
              <ActionIcon aria-label={`Limits of ${name}`} onClick={onLimit}>
                <IconAdjustments size={16} />
              </ActionIcon>
            </Tooltip>
          </Group>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function PauseButton({ queue: { name, paused } }: { queue: Queue }) {
  const pause = usePause();
  const { isReachable } = useReach();
  const label = paused ? `Go on with ${name}` : `Pause ${name}`;
  return (
    <Tooltip label={paused ? "Go on" : "Pause: nothing more of it is begun"}>
      <ActionIcon
        aria-label={label}
        disabled={!isReachable}
        color={paused ? "teal" : "gray"}
        onClick={() => pause.mutate({ name, paused: !paused })}
      >
        {paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}
