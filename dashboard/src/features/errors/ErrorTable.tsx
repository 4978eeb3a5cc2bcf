import { Code, Group, Paper, Stack, Table, Text } from "@mantine/core";

import type { Schemas } from "@/api/client";
import { errorName } from "@/features/jobs/jobWords";
import type { JobsSearch } from "@/features/jobs/search";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { ErrorLine } from "./ErrorLine";

type ErrorGroup = Schemas["ErrorGroup"];

interface Props {
  groups: ErrorGroup[];
  /** The time that they are of. */
  from: string;
  to: string;
}

/** The groups of errors, the one that failed last first, each with how its failures lie in the time. */
export function ErrorTable({ groups, from, to }: Props) {
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={860}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Error</Table.Th>
              <Table.Th w={150}>Over the time</Table.Th>
              <Table.Th w={90} ta="end">
                Jobs
              </Table.Th>
              <Table.Th w={120}>First</Table.Th>
              <Table.Th w={120}>Last</Table.Th>
              <Table.Th w={130}>Newest job</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {groups.map((group) => (
              <ErrorRow key={group.fingerprint ?? group.newest[0]} group={group} from={from} to={to} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function ErrorRow({ group, from, to }: Omit<Props, "groups"> & { group: ErrorGroup }) {
  const { type, code, message, jobs, tasks, first_at, last_at, newest } = group;
  const [last] = newest;
  const search = searchOf(group);
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap={2}>
          <TextLink to="/jobs" search={search} size="sm" fw={600}>
            {type ? errorName(type) : (code ?? "Failed")}
          </TextLink>
          <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
            {message}
          </Text>
          <Group gap={6}>
            {tasks.map((task) => (
              <Text key={task} size="xs" c="dimmed">
                {task}
              </Text>
            ))}
          </Group>
        </Stack>
      </Table.Td>
      <Table.Td>
        <ErrorLine group={group} from={from} to={to} />
      </Table.Td>
      <Table.Td ta="end" fw={600}>
        {jobs.toLocaleString("en")}
      </Table.Td>
      <Table.Td>
        <Time at={first_at} />
      </Table.Td>
      <Table.Td>
        <Time at={last_at} />
      </Table.Td>
      <Table.Td>
        {last && (
          <TextLink to="/jobs" search={{ ...search, job: last }} size="sm">
            <Code>…{last.slice(-8)}</Code>
          </TextLink>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** The list of the group's jobs; those without a fingerprint are found by their task and the text of their error. */
function searchOf({ fingerprint, tasks, message }: ErrorGroup): JobsSearch {
  if (fingerprint) return { state: "failed", fingerprint };
  return { state: "failed", task: tasks.join(",") || undefined, error: message?.slice(0, 200) || undefined };
}
