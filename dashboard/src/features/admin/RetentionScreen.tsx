import { Paper, Progress, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";
import { bytes } from "@/lib/words";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { StateBadge } from "@/ui/StateBadge";
import { Tile } from "@/ui/Tile";
import { Time } from "@/ui/Time";

import { retentionQuery } from "./queries";

type Retention = Schemas["RetentionView"];

/** How long what is finished is kept, and what would go now. */
export function RetentionScreen() {
  const query = useQuery(retentionQuery);
  return (
    <Page
      title="Retention"
      about="How long finished jobs are kept, and what the next run would delete. Looking deletes nothing."
    >
      <Shown query={query}>
        {(kept) => (
          <Stack gap="md" maw={1080}>
            <Held kept={kept} />
            <Due kept={kept} />
            <Text size="xs" c="dimmed">
              It is set where the server is started: HEADRACE_KEEP_… and the settings under System.
            </Text>
          </Stack>
        )}
      </Shown>
    </Page>
  );
}

function Held({ kept }: { kept: Retention }) {
  const { budget_bytes: budget, held_bytes: held, excess_bytes: excess } = kept;
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      <Tile
        label="Finished jobs hold"
        value={bytes(held)}
        note={budget === null ? "without a limit" : `of ${bytes(budget)}`}
        color="water"
      />
      <Tile
        label="Over the limit"
        value={bytes(excess)}
        note={excess > 0 ? "the oldest go until it is not" : "nothing goes for its size"}
        color={excess > 0 ? "orange" : "gray"}
      />
      <Tile label="The audit log is kept" value={daysOf(kept.keep_audit_days)} />
      {budget !== null && (
        <Progress
          style={{ gridColumn: "1 / -1" }}
          value={Math.min(100, (100 * held) / budget)}
          color={excess > 0 ? "orange" : "water"}
          aria-label="Share of the limit"
        />
      )}
    </SimpleGrid>
  );
}

function Due({ kept }: { kept: Retention }) {
  const due = Object.fromEntries(kept.due.map((one) => [one.state, one]));
  return (
    <Stack gap="xs">
      <Title order={2}>By age</Title>
      <Paper withBorder>
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>State</Table.Th>
                <Table.Th>Kept</Table.Th>
                <Table.Th>Ended before</Table.Th>
                <Table.Th ta="right">Would go now</Table.Th>
                <Table.Th ta="right">They hold</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {Object.entries(kept.keep_days).map(([state, days]) => (
                <Table.Tr key={state}>
                  <Table.Td>
                    <StateBadge state={state} />
                  </Table.Td>
                  <Table.Td>{daysOf(days)}</Table.Td>
                  <Table.Td>{due[state] ? <Time at={due[state].before} /> : "–"}</Table.Td>
                  <Table.Td ta="right">{due[state] ? `${due[state].jobs.text} jobs` : "–"}</Table.Td>
                  <Table.Td ta="right">{due[state] ? bytes(due[state].size_bytes) : "–"}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </Stack>
  );
}

function daysOf(days: number | null): string {
  if (days === null) return "for ever";
  return days === 1 ? "a day" : `${days.toLocaleString("en")} days`;
}
