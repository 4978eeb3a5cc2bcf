import { Badge, Box, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";
import { errorName } from "@/features/jobs/jobWords";
import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { failuresQuery } from "./queries";

/** What failed last, one line for all jobs that failed alike. */
export function NewestFailures() {
  const query = useQuery(failuresQuery);
  return (
    <Section
      title="Newest failures"
      isTall
      action={
        <TextLink to="/errors" size="sm">
          All errors
        </TextLink>
      }
    >
      <Shown query={query} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing failed in the last 24 hours.
            </Text>
          ) : (
            <Stack gap="sm">
              {items.map((group) => (
                <Failure key={group.newest[0]} group={group} />
              ))}
            </Stack>
          )
        }
      </Shown>
    </Section>
  );
}

function Failure({ group }: { group: Schemas["ErrorGroup"] }) {
  const { type, code, message, jobs, tasks, last_at, newest } = group;
  const [last] = newest;
  const name = type ? errorName(type) : (code ?? "Failed");
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      <Badge color="red" miw={44} mt={2}>
        {jobs.toLocaleString("en")}
      </Badge>
      <Box flex={1} miw={0}>
        <Group gap={6} wrap="nowrap" justify="space-between">
          {last ? (
            <TextLink to="/jobs/$jobId" params={{ jobId: last }} size="sm" fw={600} truncate>
              {name}
            </TextLink>
          ) : (
            <Text fw={600}>{name}</Text>
          )}
          <Text size="xs" c="dimmed">
            <Time at={last_at} />
          </Text>
        </Group>
        <Text size="sm" lineClamp={1} style={{ overflowWrap: "anywhere" }}>
          {message}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {tasks.join(", ")}
        </Text>
      </Box>
    </Group>
  );
}
