import { Grid, Stack, Tabs } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";

import { WaitDetail } from "./WaitDetail";
import { WaitList } from "./WaitList";
import { waitsQuery } from "./queries";
import { TABS, isTab } from "./search";

const route = getRouteApi("/_app/approvals");

/** Jobs that wait for somebody's answer: what they ask, and a form to answer with. */
export function ApprovalsScreen() {
  const { tab = "open", wait } = route.useSearch();
  const navigate = route.useNavigate();
  const hasSome = useInfiniteQuery(waitsQuery(tab)).data?.pages[0]?.items.length !== 0;
  const open = (next: string | undefined): void =>
    void navigate({ search: { tab: tab === "open" ? undefined : tab, wait: next }, resetScroll: false });
  return (
    <Page title="Approvals" about="Jobs that wait for somebody's answer before they go on.">
      <Stack gap="md">
        <Tabs
          value={tab}
          onChange={(next) => {
            if (isTab(next)) void navigate({ search: { tab: next === "open" ? undefined : next } });
          }}
        >
          <Tabs.List>
            {Object.entries(TABS).map(([name, label]) => (
              <Tabs.Tab key={name} value={name} aria-controls="waits">
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
        <Grid gap="md" id="waits">
          <Grid.Col span={{ base: 12, md: wait || hasSome ? 5 : 12 }} visibleFrom={wait ? "md" : undefined}>
            <WaitList state={tab} chosen={wait} onChoose={open} />
          </Grid.Col>
          {wait && (
            <Grid.Col span={{ base: 12, md: 7 }}>
              <WaitDetail key={wait} id={wait} onClose={() => open(undefined)} />
            </Grid.Col>
          )}
          {!wait && hasSome && (
            <Grid.Col span={{ base: 12, md: 7 }} visibleFrom="md">
              <Empty title="Choose one to read what it asks" />
            </Grid.Col>
          )}
        </Grid>
      </Stack>
    </Page>
  );
}
