import { Button, Center, Group, Table, Text } from "@mantine/core";

import { StateBadge } from "@/ui/StateBadge";
import { Took } from "@/ui/Time";

import { JobLink } from "../header/JobLink";
import type { Child } from "../queries";

/** The jobs that this one called, by call and in the order of their inputs. */
export function Children({ children, onMore }: { children: readonly Child[]; onMore: (() => void) | null }) {
  return (
    <>
      <Group gap={6} mb="xs">
        {[...tally(children)].map(([state, number]) => (
          <StateBadge key={state} state={state}>
            {number} {state}
          </StateBadge>
        ))}
      </Group>
      <Table.ScrollContainer minWidth={440} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Call</Table.Th>
              <Table.Th>Job</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="right">Took</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {children.map((child) => (
              <Table.Tr key={child.id}>
                <Table.Td>
                  {child.step} {child.place + 1}
                </Table.Td>
                <Table.Td>
                  {child.task ?? "deleted"} <JobLink id={child.id} />
                </Table.Td>
                <Table.Td>
                  <StateBadge state={child.state ?? "deleted"} />
                  {child.error && (
                    <Text size="xs" c="red" lineClamp={2}>
                      {child.error.message}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="right">
                  <Took from={child.started_at} to={child.finished_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {onMore && (
        <Center mt="xs">
          <Button variant="default" onClick={onMore}>
            Load more
          </Button>
        </Center>
      )}
    </>
  );
}

function tally(children: readonly Child[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of children) counts.set(state ?? "deleted", (counts.get(state ?? "deleted") ?? 0) + 1);
  return counts;
}
