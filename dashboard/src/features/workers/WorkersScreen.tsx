import { Alert, Code, Stack, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { workersQuery } from "@/features/overview/queries";
import { Section } from "@/ui/Section";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { RunningNow } from "./RunningNow";
import { WorkerTable } from "./WorkerTable";
import { type Worker, isLiving } from "./living";

/** What scrolls and holds no link is scrolled with the keys. */
const REACHED_BY_KEY = { viewportProps: { tabIndex: 0, role: "group", "aria-label": "Workers" } };

/** The processes that run jobs: those that live first, then those of the last week; and what runs in them. */
export function WorkersScreen() {
  const query = useQuery(workersQuery);
  return (
    <Page title="Workers" about="The processes that run jobs, those of the last week.">
      <Shown query={query}>{(workers) => <Parts workers={workers} />}</Shown>
    </Page>
  );
}

function Parts({ workers }: { workers: Worker[] }) {
  if (workers.length === 0) {
    return (
      <Empty title="No worker has run here yet">
        Start one beside the server: <Code>headrace worker my_app.py</Code>. <Code>headrace up my_app.py</Code> starts
        both.
      </Empty>
    );
  }
  const living = workers.filter(isLiving);
  const ended = workers.filter((worker) => !isLiving(worker));
  return (
    <Stack gap="md">
      {living.length === 0 && (
        <Alert color="orange" title="No worker lives">
          Jobs stay in line until one is started: <Code>headrace worker my_app.py</Code>
        </Alert>
      )}
      {living.length > 0 && (
        <Table.ScrollContainer minWidth={860} scrollAreaProps={REACHED_BY_KEY}>
          <WorkerTable workers={living} />
        </Table.ScrollContainer>
      )}
      <RunningNow />
      {ended.length > 0 && (
        <Section title="Ended">
          <Table.ScrollContainer minWidth={860} scrollAreaProps={REACHED_BY_KEY}>
            <WorkerTable workers={ended} />
          </Table.ScrollContainer>
        </Section>
      )}
    </Stack>
  );
}
