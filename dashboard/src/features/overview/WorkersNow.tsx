import { Code, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { WorkerTable } from "@/features/workers/WorkerTable";
import { isLiving } from "@/features/workers/living";
import { Section } from "@/ui/Section";
import { Shown } from "@/ui/Shown";
import { TextLink } from "@/ui/links";

import { workersQuery } from "./queries";

/** Who works now. */
export function WorkersNow() {
  const query = useQuery(workersQuery);
  return (
    <Section
      title="Workers"
      action={
        <TextLink to="/workers" size="sm">
          All workers
        </TextLink>
      }
    >
      <Shown query={query} lines={2}>
        {(workers) => {
          const living = workers.filter(isLiving);
          if (living.length > 0) return <WorkerTable workers={living} isShort />;
          return (
            <Text size="sm" c="dimmed">
              No worker runs: jobs stay in line. Start one with <Code>headrace worker</Code>.
            </Text>
          );
        }}
      </Shown>
    </Section>
  );
}
