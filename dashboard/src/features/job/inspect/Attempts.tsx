import { Code, Table, Text } from "@mantine/core";

import { StateBadge } from "@/ui/StateBadge";
import { Time, Took } from "@/ui/Time";

import type { Attempt } from "../queries";

/** The runs of the job, the newest first, each with how it ended. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <Text c="dimmed">It has not run yet.</Text>;
  return (
    <Table.ScrollContainer minWidth={460} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            <Table.Th>Outcome</Table.Th>
            <Table.Th>Began</Table.Th>
            <Table.Th ta="right">Took</Table.Th>
            <Table.Th>Worker</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attempts.toReversed().map((attempt) => (
            <Table.Tr key={attempt.run}>
              <Table.Td>{attempt.run}</Table.Td>
              <Table.Td>
                <StateBadge state={attempt.outcome} />
                {attempt.error && (
                  <Text size="xs" c="red" lineClamp={3} mt={2}>
                    {attempt.error.message}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Time at={attempt.started_at} />
              </Table.Td>
              <Table.Td ta="right">
                <Took from={attempt.started_at} to={attempt.ended_at} />
              </Table.Td>
              <Table.Td>{attempt.worker_id && <Code>…{attempt.worker_id.slice(-8)}</Code>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
