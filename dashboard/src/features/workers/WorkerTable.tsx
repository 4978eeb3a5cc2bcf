import { Badge, Group, Progress, Stack, Table, Text } from "@mantine/core";

import { Time, Took, useNow } from "@/ui/Time";

import { type Worker, isLiving } from "./living";

const COLOR: Record<Worker["state"], string> = { live: "teal", stopping: "orange", stopped: "gray", dead: "red" };

/** Workers with their slots and heartbeat; the short form leaves out what stays the same. */
export function WorkerTable({ workers, isShort }: { workers: Worker[]; isShort?: boolean }) {
  return (
    <Table layout={isShort ? "fixed" : "auto"}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Worker</Table.Th>
          {!isShort && <Table.Th w={100}>State</Table.Th>}
          <Table.Th w={130}>Running</Table.Th>
          <Table.Th w={120}>Heartbeat</Table.Th>
          {!isShort && (
            <>
              <Table.Th>Queues</Table.Th>
              <Table.Th w={120}>Started</Table.Th>
              <Table.Th w={110} ta="end">
                Lives
              </Table.Th>
            </>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {workers.map((worker) => (
          <WorkerRow key={worker.id} worker={worker} isShort={isShort} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function WorkerRow({ worker, isShort }: { worker: Worker; isShort?: boolean }) {
  const { id, name, state, queues, heartbeat_at, started_at, ended_at } = worker;
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={0}>
          <Text size="sm" fw={500} truncate>
            {name}
          </Text>
          {!isShort && (
            <Text size="xs" c="dimmed" ff="monospace">
              {id}
            </Text>
          )}
        </Stack>
      </Table.Td>
      {!isShort && (
        <Table.Td>
          <Badge color={COLOR[state]}>{state}</Badge>
        </Table.Td>
      )}
      <Table.Td>{isLiving(worker) ? <Slots worker={worker} /> : "–"}</Table.Td>
      <Table.Td>
        <Heartbeat at={heartbeat_at} />
      </Table.Td>
      {!isShort && (
        <>
          <Table.Td>
            <Group gap={4}>
              {queues.map((queue) => (
                <Badge key={queue} color="gray">
                  {queue}
                </Badge>
              ))}
            </Group>
          </Table.Td>
          <Table.Td>
            <Time at={started_at} />
          </Table.Td>
          <Table.Td ta="end">
            <Took from={started_at} to={ended_at ?? (isLiving(worker) ? null : heartbeat_at)} />
          </Table.Td>
        </>
      )}
    </Table.Tr>
  );
}

/** A clock that runs ahead of this one is no news: its heartbeat is just now. */
function Heartbeat({ at }: { at: string }) {
  const present = useNow();
  return <Time at={Date.parse(at) > present ? new Date(present).toISOString() : at} />;
}

function Slots({ worker: { running, concurrency } }: { worker: Worker }) {
  const words = `${String(running)} of ${String(concurrency)} slots`;
  return (
    <Stack gap={3}>
      <Text size="xs">{words}</Text>
      <Progress value={concurrency > 0 ? (running / concurrency) * 100 : 0} size={4} aria-label={words} />
    </Stack>
  );
}
