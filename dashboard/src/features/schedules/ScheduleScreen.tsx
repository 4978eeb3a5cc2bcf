import { Alert, Badge, Grid, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Section } from "@/ui/Section";
import { Json } from "@/ui/Json";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { TextLink } from "@/ui/links";

import { Firings } from "./Firings";
import { NextTimes } from "./NextTimes";
import { ScheduleActs } from "./ScheduleActs";
import { cronWords } from "./cron";
import { type Schedule, scheduleQuery } from "./queries";

const route = getRouteApi("/_app/schedules/$name");

/** A schedule: when it fires next, what became of the last times, and what it submits. */
export function ScheduleScreen() {
  const { name } = route.useParams();
  const query = useQuery(scheduleQuery(name));
  const schedule = query.data;
  return (
    <Page
      title={name}
      about={schedule ? <About schedule={schedule} /> : " "}
      actions={schedule && <ScheduleActs schedule={schedule} />}
    >
      <Shown query={query} lines={10}>
        {(found) => <Parts schedule={found} />}
      </Shown>
    </Page>
  );
}

function About({ schedule: { cron, timezone, task, paused_at } }: { schedule: Schedule }) {
  const words = cronWords(cron);
  return (
    <Group gap={6}>
      <span>
        <TextLink to="/tasks/$name" params={{ name: task }} size="sm" underline="always">
          {task}
        </TextLink>{" "}
        {words ? `${words} (${cron})` : cron}, {timezone}
      </span>
      {paused_at && <Badge color="orange">paused</Badge>}
    </Group>
  );
}

const MISSED: Record<Schedule["missed"], string> = {
  skip: "left out",
  once: "made up for once",
  all: "made up for, each of them",
};

function Parts({ schedule }: { schedule: Schedule }) {
  const { app, retired_at, missed, missed_limit, input } = schedule;
  return (
    <Stack gap="md">
      {retired_at && (
        <Alert color="orange" title="The code no longer declares it">
          It fires no more. It can be deleted.
        </Alert>
      )}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <Section title="Next times">
              <NextTimes schedule={schedule} />
            </Section>
            <Section title="Input of its jobs">
              <Json value={input} label="input" max={260} />
              <Text size="xs" c="dimmed" mt="xs">
                Times that are missed are {MISSED[missed]}
                {missed === "all" && `, ${String(missed_limit)} at most`}.{" "}
                {app ? `Declared in the code of ${app}: it is changed there.` : "Made over the API or here."}
              </Text>
            </Section>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Firings schedule={schedule} />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
