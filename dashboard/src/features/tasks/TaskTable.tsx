import { Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Sparkline } from "@/features/figures/Sparkline";
import { costsQuery, runsByTaskQuery } from "@/features/figures/queries";
import { type Series, endedOf, percent, samplesOf } from "@/features/figures/series";
import { count, money, took } from "@/lib/words";
import { useMay } from "@/shell/me";
import { Worded } from "@/ui/Worded";
import { TextLink } from "@/ui/links";

import { type Task, gist } from "./queries";

/** The tasks by name, each with its last 24 hours. */
export function TaskTable({ tasks }: { tasks: Task[] }) {
  const maySee = useMay("operations:read");
  const runs = useQuery({ ...runsByTaskQuery("24h"), enabled: maySee });
  const costs = useQuery({ ...costsQuery, enabled: maySee });
  return (
    <Table verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Task</Table.Th>
          <Table.Th w={120} visibleFrom="md">
            Queue
          </Table.Th>
          {maySee && (
            <>
              <Table.Th w={160} visibleFrom="sm">
                Last 24 hours
              </Table.Th>
              <Table.Th w={80} ta="end" visibleFrom="sm">
                Ended
              </Table.Th>
              <Table.Th w={90} ta="end">
                Success
              </Table.Th>
              <Table.Th w={110} ta="end" visibleFrom="xs">
                p95
              </Table.Th>
              <Table.Th w={110} ta="end" visibleFrom="md" title="AI calls of the last 7 days, by finished job">
                Cost a job
              </Table.Th>
            </>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tasks.map((task) => (
          <TaskRow key={task.name} task={task} series={maySee ? runs.data : null} cost={costs.data?.get(task.name)} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface Row {
  task: Task;
  /** None yet while it is on its way; null where the person may not see it. */
  series: Series | null | undefined;
  cost: number | undefined;
}

function TaskRow({ task, series, cost }: Row) {
  const group = series?.groups.find(({ name }) => name === task.name);
  const ended = group ? endedOf(group.total) : 0;
  const samples = series ? samplesOf(series, group?.points ?? []) : [];
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={0}>
          <TextLink
            to="/tasks/$name"
            params={{ name: task.name }}
            size="sm"
            fw={600}
            style={{ overflowWrap: "anywhere" }}
          >
            {task.name}
          </TextLink>
          <Text size="xs" c="dimmed" lineClamp={2}>
            <Worded text={gist(task)} />
          </Text>
        </Stack>
      </Table.Td>
      <Table.Td visibleFrom="md">{task.queue}</Table.Td>
      {series !== null && (
        <>
          <Table.Td visibleFrom="sm">
            <Sparkline samples={samples} label={`${count(ended)} jobs of ${task.name} ended in the last 24 hours`} />
          </Table.Td>
          <Table.Td ta="end" visibleFrom="sm">
            {count(ended)}
          </Table.Td>
          <Table.Td ta="end">{percent(group?.total.success_rate)}</Table.Td>
          <Table.Td ta="end" visibleFrom="xs" style={{ whiteSpace: "nowrap" }}>
            {group?.total.duration_ms ? took(group.total.duration_ms.p95) : "–"}
          </Table.Td>
          <Table.Td ta="end" visibleFrom="md">
            {cost === undefined ? "–" : money(cost)}
          </Table.Td>
        </>
      )}
    </Table.Tr>
  );
}
