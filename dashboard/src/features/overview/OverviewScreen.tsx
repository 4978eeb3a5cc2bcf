import { Grid, Stack } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";

import { Runs } from "@/features/figures/Runs";
import { SpanChoice } from "@/features/figures/SpanChoice";
import { useMay } from "@/shell/me";
import { Section } from "@/ui/Section";
import { Page } from "@/ui/Page";

import { AppCards } from "./AppCards";
import { FirstSteps } from "./FirstSteps";
import { Lines } from "./Lines";
import { NewestFailures } from "./NewestFailures";
import { Tiles } from "./Tiles";
import { WorkersNow } from "./WorkersNow";

const route = getRouteApi("/_app/");

/** How everything is: what runs and waits now, how it went, what failed, who works. */
export function OverviewScreen() {
  const maySee = useMay("operations:read");
  return (
    <Page title="Overview">
      <Stack gap="md">
        <Tiles />
        <FirstSteps />
        {maySee && <Charts />}
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: maySee ? 7 : 12 }}>
            <NewestFailures />
          </Grid.Col>
          {maySee && (
            <Grid.Col span={{ base: 12, lg: 5 }}>
              <Stack gap="md">
                <Lines />
                <WorkersNow />
              </Stack>
            </Grid.Col>
          )}
        </Grid>
        <AppCards />
      </Stack>
    </Page>
  );
}

function Charts() {
  const { span = "1h" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Section
      title="Throughput and latency"
      action={
        <SpanChoice
          span={span}
          onChange={(next) => void navigate({ search: { span: next }, replace: true, resetScroll: false })}
        />
      }
    >
      <Runs span={span} />
    </Section>
  );
}
