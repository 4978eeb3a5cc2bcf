import { Skeleton, Stack, Table, Text } from "@mantine/core";
import { useMutationState, useQuery } from "@tanstack/react-query";

import { Section } from "@/ui/Section";
import { ErrorState } from "@/ui/ErrorState";
import { StateBadge } from "@/ui/StateBadge";
import { Time, Took } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { newestJobsQuery } from "./queries";

/** The newest jobs of a task; one that is being submitted stands there already. */
export function NewestJobs({ task }: { task: string }) {
  const query = useQuery(newestJobsQuery(task));
  const sending = useMutationState({ filters: { mutationKey: ["submit", task], status: "pending" } }).length;
  return (
    <Section
      title="Newest jobs"
      action={
        <TextLink to="/jobs" search={{ task }} size="sm">
          All jobs
        </TextLink>
      }
    >
      {query.isPending && (
        <Stack gap={8}>
          <Skeleton h={22} />
          <Skeleton h={22} />
          <Skeleton h={22} />
        </Stack>
      )}
      {query.isError && !query.data && <ErrorState problem={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.items.length === 0 && sending === 0 && (
        <Text size="sm" c="dimmed">
          It was never run, or its jobs are no longer kept.
        </Text>
      )}
      {query.data && (query.data.items.length > 0 || sending > 0) && (
        <Table style={{ whiteSpace: "nowrap" }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>State</Table.Th>
              <Table.Th>Job</Table.Th>
              <Table.Th visibleFrom="xs">Made</Table.Th>
              <Table.Th ta="end">Took</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Array.from({ length: sending }, (_, place) => (
              <Table.Tr key={place}>
                <Table.Td>
                  <StateBadge state="queued" />
                </Table.Td>
                <Table.Td colSpan={3} c="dimmed">
                  Submitting…
                </Table.Td>
              </Table.Tr>
            ))}
            {query.data.items.map((job) => (
              <Table.Tr key={job.id}>
                <Table.Td>
                  <StateBadge state={job.state} miw="max-content" />
                </Table.Td>
                <Table.Td>
                  <TextLink to="/jobs/$jobId" params={{ jobId: job.id }} size="sm" ff="monospace">
                    …{job.id.slice(-8)}
                  </TextLink>
                </Table.Td>
                <Table.Td visibleFrom="xs">
                  <Time at={job.created_at} />
                </Table.Td>
                <Table.Td ta="end">
                  <Took from={job.started_at} to={job.finished_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}
