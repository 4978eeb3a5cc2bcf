import { Table, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { Took } from "@/ui/Time";
import { TextLink } from "@/ui/links";

const MOST = 20;

const runningQuery = queryOptions({
  queryKey: ["live", "running"],
  queryFn: ({ signal }) =>
    ask(api.GET("/api/v1/jobs", { params: { query: { state: ["running"], limit: MOST, children: true } }, signal })),
});

/** The jobs that run at this moment. */
export function RunningNow() {
  const query = useQuery(runningQuery);
  return (
    <Section
      title="Running now"
      action={
        <TextLink to="/jobs" search={{ state: "running" }} size="sm">
          All running jobs
        </TextLink>
      }
    >
      <Shown query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing runs: the workers wait for jobs.
            </Text>
          ) : (
            <Table layout="fixed">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Job</Table.Th>
                  <Table.Th w={120} visibleFrom="sm">
                    Queue
                  </Table.Th>
                  <Table.Th w={100} ta="end">
                    Attempt
                  </Table.Th>
                  <Table.Th w={120} ta="end">
                    Runs for
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((job) => (
                  <Table.Tr key={job.id}>
                    <Table.Td>
                      <TextLink to="/jobs/$jobId" params={{ jobId: job.id }} size="sm" truncate>
                        {job.task}
                      </TextLink>
                    </Table.Td>
                    <Table.Td visibleFrom="sm">{job.queue}</Table.Td>
                    <Table.Td ta="end">{job.run}</Table.Td>
                    <Table.Td ta="end" style={{ whiteSpace: "nowrap" }}>
                      <Took from={job.started_at} to={null} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Shown>
    </Section>
  );
}
