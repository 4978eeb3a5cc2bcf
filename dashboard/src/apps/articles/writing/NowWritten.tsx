import { Group, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { StateBadge } from "@/ui/StateBadge";
import { Time } from "@/ui/Time";

import { WRITER } from "../queries";
import classes from "./Writing.module.css";

const SHOWN = 6;

const newest = {
  queryKey: ["live", "articles", "written"],
  queryFn: () => ask(api.GET("/api/v1/jobs", { params: { query: { task: [WRITER], limit: SHOWN } } })),
};

/** The articles that are being written, or were a moment ago; one of them is looked at. */
export function NowWritten({ chosen, onChoose }: { chosen: string | undefined; onChoose: (jobId: string) => void }) {
  const { data } = useQuery(newest);
  if (!data || data.items.length === 0) return null;
  return (
    <Stack gap={2} mt="md" component="section" aria-label="Written last">
      <Title order={2} size="h3" mb={4}>
        Written last
      </Title>
      {data.items.map(({ id, state, progress, created_at: at }) => (
        <UnstyledButton
          key={id}
          className={classes.choice}
          aria-current={id === chosen ? "true" : undefined}
          onClick={() => onChoose(id)}
        >
          <Group gap="xs" wrap="nowrap" justify="space-between">
            <Text size="sm" truncate>
              {progress?.note ?? "In line"}
            </Text>
            <Group gap={6} wrap="nowrap" style={{ flex: "none" }}>
              <Text size="xs" c="dimmed">
                <Time at={at} />
              </Text>
              <StateBadge state={state} size="xs" style={{ flex: "none" }} />
            </Group>
          </Group>
        </UnstyledButton>
      ))}
    </Stack>
  );
}
