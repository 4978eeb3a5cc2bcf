import { Badge, Group, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { Took } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { queuesQuery } from "./queries";

const MOST = 5;

/** Where jobs stand in line: the queue whose oldest job has waited longest first. */
export function Lines() {
  const query = useQuery(queuesQuery);
  return (
    <Section
      title="Longest in line"
      action={
        <TextLink to="/queues" size="sm">
          All queues
        </TextLink>
      }
    >
      <Shown query={query} lines={3}>
        {(queues) => {
          const lines = queues
            .filter(({ oldest_ready_at }) => oldest_ready_at !== null)
            .sort((one, other) => (one.oldest_ready_at ?? "").localeCompare(other.oldest_ready_at ?? ""));
          if (lines.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                No job stands in line.
              </Text>
            );
          }
          return (
            <Table layout="fixed">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Queue</Table.Th>
                  <Table.Th w={90} ta="end">
                    In line
                  </Table.Th>
                  <Table.Th w={130} ta="end">
                    Oldest waits
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {lines.slice(0, MOST).map((queue) => (
                  <Table.Tr key={queue.name}>
                    <Table.Td>
                      <Group gap={6}>
                        <TextLink to="/jobs" search={{ queue: queue.name, state: "queued" }} size="sm">
                          {queue.name}
                        </TextLink>
                        {queue.paused && <Badge color="orange">paused</Badge>}
                      </Group>
                    </Table.Td>
                    <Table.Td ta="end">{queue.depth.text}</Table.Td>
                    <Table.Td ta="end">
                      <Took from={queue.oldest_ready_at} to={null} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          );
        }}
      </Shown>
    </Section>
  );
}
