import { Anchor, Group, Stack, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { api, ask } from "@/api/client";
import { TimeFilter } from "@/features/jobs/TimeFilter";
import { windowOf } from "@/features/jobs/bins";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { ErrorTable } from "./ErrorTable";

const route = getRouteApi("/_app/errors");
const LIMIT = 100;
const EVERY_MS = 10_000;

/** What fails: failed jobs with the same error but for names, ids and numbers, as one line each. */
export function ErrorsScreen() {
  const times = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({
    queryKey: ["errors", times],
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      const { from, to } = windowOf(times);
      const asked = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit: LIMIT };
      return ask(api.GET("/api/v1/errors", { params: { query: asked }, signal }));
    },
  });
  return (
    <Page title="Errors" about="Failed jobs, grouped by what went wrong.">
      <Stack gap="sm">
        <Group gap="xs">
          <TimeFilter
            filters={times}
            unset="Last 24 hours"
            onChange={(next) => void navigate({ search: next, replace: true })}
          />
          {query.data && !query.data.is_whole && (
            <Text size="xs" c="dimmed">
              There are more: the newest {query.data.searched.toLocaleString("en")} failures were looked through.
            </Text>
          )}
        </Group>
        <Shown query={query}>
          {({ items, from, to }) =>
            items.length === 0 ? (
              <Empty title="Nothing failed in this time">
                <Anchor component="button" size="sm" onClick={() => void navigate({ search: { range: "7d" } })}>
                  Look at the last 7 days
                </Anchor>
              </Empty>
            ) : (
              <ErrorTable groups={items} from={from} to={to} />
            )
          }
        </Shown>
      </Stack>
    </Page>
  );
}
