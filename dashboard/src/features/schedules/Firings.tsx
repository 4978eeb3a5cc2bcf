import { Table, Text } from "@mantine/core";

import { Section } from "@/ui/Section";
import { StateBadge } from "@/ui/StateBadge";
import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import { inZone } from "./NextTimes";
import type { Schedule } from "./queries";

/** The last ten times, and the jobs they made. */
export function Firings({ schedule: { firings, timezone } }: { schedule: Schedule }) {
  return (
    <Section title="Last times">
      {firings.length === 0 ? (
        <Text size="sm" c="dimmed">
          It has not fired yet.
        </Text>
      ) : (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Planned for</Table.Th>
              <Table.Th visibleFrom="xs">Fired</Table.Th>
              <Table.Th>Job</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {firings.map(({ planned_at, fired_at, job_id, state, error }) => (
              <Table.Tr key={planned_at}>
                <Table.Td>{inZone(planned_at, timezone)}</Table.Td>
                <Table.Td visibleFrom="xs">
                  <Time at={fired_at} />
                </Table.Td>
                <Table.Td>
                  {job_id ? (
                    <TextLink to="/jobs/$jobId" params={{ jobId: job_id }} size="sm">
                      {state ? <StateBadge state={state} /> : "no longer kept"}
                    </TextLink>
                  ) : (
                    <Text size="sm" c="red">
                      {error ?? "no job"}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}
