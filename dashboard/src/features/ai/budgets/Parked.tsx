import { Paper, Table, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { JobLink } from "@/features/job/header/JobLink";
import { Owner } from "@/ui/Owner";
import { Time } from "@/ui/Time";

import { parkedQuery } from "../queries";

/** The jobs that wait, without a worker, until a budget has room for their next call. */
export function Parked() {
  const { data } = useQuery(parkedQuery);
  if (!data || data.items.length === 0) return null;
  return (
    <section aria-label="Waiting for a budget">
      <Title order={2} mb="xs">
        Waiting for a budget{data.next_cursor && `, the newest ${String(data.items.length)}`}
      </Title>
      <Paper withBorder>
        <Table.ScrollContainer
          minWidth={520}
          scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": "Waiting for a budget" } }}
        >
          <Table fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Job</Table.Th>
                <Table.Th>Task</Table.Th>
                <Table.Th>Owner</Table.Th>
                <Table.Th>Since</Table.Th>
                <Table.Th>Gives up</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((wait) => (
                <Table.Tr key={wait.id}>
                  <Table.Td>
                    <JobLink id={wait.job_id} />
                  </Table.Td>
                  <Table.Td>{wait.task}</Table.Td>
                  <Table.Td>
                    <Owner owner={wait.owner} />
                  </Table.Td>
                  <Table.Td>
                    <Time at={wait.opened_at} />
                  </Table.Td>
                  <Table.Td>
                    <Time at={wait.due_at} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </section>
  );
}
