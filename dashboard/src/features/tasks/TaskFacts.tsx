import { Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { costsQuery } from "@/features/figures/queries";
import { money, took } from "@/lib/words";
import { useMay } from "@/shell/me";
import { Section } from "@/ui/Section";

import type { Task } from "./queries";

/** What the code says of the task. */
export function TaskFacts({ task }: { task: Task }) {
  const costs = useQuery({ ...costsQuery, enabled: useMay("operations:read") });
  const cost = costs.data?.get(task.name);
  const facts: [string, string][] = [
    ["Queue", task.queue],
    ["Attempts", String(task.attempts)],
    ["Time limit of a run", task.timeout_seconds ? took(task.timeout_seconds * 1000) : "none"],
    ["Priority", String(task.priority)],
    ["Runs in", WHERE[task.executor] ?? task.executor],
    ["Cost a job, last 7 days", cost === undefined ? "–" : money(cost)],
  ];
  return (
    <Section title="What it is">
      <Table variant="vertical" withRowBorders={false} verticalSpacing={2} layout="fixed" highlightOnHover={false}>
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w="50%" fw={400} c="dimmed" bg="transparent" scope="row">
                {name}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

const WHERE: Record<string, string> = {
  async: "the worker's event loop",
  thread: "a thread of the worker",
  process: "a process of its own",
};
