import { Grid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Runs } from "@/features/figures/Runs";
import { SpanChoice } from "@/features/figures/SpanChoice";
import { useMay } from "@/shell/me";
import { Section } from "@/ui/Section";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { Worded } from "@/ui/Worded";

import { NewestJobs } from "./NewestJobs";
import { RunForm } from "./RunForm";
import { Shapes } from "./Shapes";
import { TaskFacts } from "./TaskFacts";
import { type Task, gist, taskQuery } from "./queries";

const route = getRouteApi("/_app/tasks/$name");

/** A task: a form to run it, what it is, how it has been going, its newest jobs. */
export function TaskScreen() {
  const { name } = route.useParams();
  const query = useQuery(taskQuery(name));
  return (
    <Page title={name} about={query.data ? <About task={query.data} /> : " "}>
      <Shown query={query} lines={12}>
        {(task) => <Parts key={task.name} task={task} />}
      </Shown>
    </Page>
  );
}

function About({ task }: { task: Task }) {
  const more = task.description.slice(gist(task).length).trim();
  return (
    <Stack gap={4}>
      <span>
        <Worded text={gist(task)} />
      </span>
      {more && (
        <Text inherit style={{ whiteSpace: "pre-line" }} maw={720} lineClamp={6}>
          <Worded text={more.replaceAll(/([^\n])\n(?!\n)/g, "$1 ")} />
        </Text>
      )}
    </Stack>
  );
}

function Parts({ task }: { task: Task }) {
  const mayRun = useMay("jobs:write");
  const maySee = useMay("operations:read");
  return (
    <Grid gap="md">
      {mayRun && (
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Section title="Run">
            <RunForm task={task} />
          </Section>
        </Grid.Col>
      )}
      <Grid.Col span={{ base: 12, lg: mayRun ? 5 : 12 }}>
        <Stack>
          <NewestJobs task={task.name} />
          {maySee && <Figures task={task.name} />}
          <TaskFacts task={task} />
          <Shapes task={task} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

function Figures({ task }: { task: string }) {
  const { span = "24h" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Section
      title="How it went"
      action={
        <SpanChoice
          span={span}
          onChange={(next) => void navigate({ search: { span: next }, replace: true, resetScroll: false })}
        />
      }
    >
      <Runs span={span} task={task} columns={1} />
    </Section>
  );
}
