import { Card, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlayerStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { Time, Took } from "@/ui/Time";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";
import { TextLink } from "@/ui/links";

import { BulkProgress, BulkState } from "./BulkState";
import { type BulkAction, abortBulk, bulkActionQuery, isRunning } from "./queries";
import { filterWords, searchOf, titleOf } from "./words";

/** One bulk action: how far it is, on which jobs, and a way to stop it. */
export function BulkPage({ id }: { id: string }) {
  const query = useQuery(bulkActionQuery(id));
  const mayChange = useMay("jobs:write");
  const abort = useAct({ act: () => abortBulk(id), keys: [["bulk-actions"]], done: "Stopped" });
  const ask = async (): Promise<void> => {
    const body = "The jobs it has not come to stay as they are. What it did stays done.";
    if (await confirm({ title: "Stop this bulk action?", body, label: "Stop it", isDangerous: true })) abort.mutate();
  };
  const canStop = mayChange && query.data && isRunning(query.data);
  return (
    <Page
      title={query.data ? titleOf(query.data) : "Bulk action"}
      about={
        <TextLink to="/bulk-actions" size="sm">
          All bulk actions
        </TextLink>
      }
      actions={
        canStop && (
          <ActButton
            color="red"
            variant="light"
            leftSection={<IconPlayerStop size={14} />}
            loading={abort.isPending}
            onClick={() => void ask()}
          >
            Stop
          </ActButton>
        )
      }
    >
      <Shown query={query}>{(bulk) => <Progressing bulk={bulk} />}</Shown>
    </Page>
  );
}

function Progressing({ bulk }: { bulk: BulkAction }) {
  return (
    <Stack maw={760}>
      <Card padding="lg">
        <Stack>
          <Group justify="space-between">
            <BulkState bulk={bulk} />
            <Text size="sm" c="dimmed" aria-live="polite">
              {said(bulk)}
            </Text>
          </Group>
          <BulkProgress bulk={bulk} size="lg" />
        </Stack>
      </Card>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Fact name="Done">{bulk.done.toLocaleString("en")}</Fact>
        <Fact name="Passed over">{bulk.skipped.toLocaleString("en")}</Fact>
        <Fact name="Begun">
          <Time at={bulk.created_at} />
        </Fact>
        <Fact name="Took">
          <Took from={bulk.created_at} to={bulk.finished_at} />
        </Fact>
      </SimpleGrid>
      <Text size="sm">
        Jobs that matched when it began: {filterWords(bulk)}.{" "}
        <TextLink to="/jobs" search={searchOf(bulk)} size="sm">
          Show those that match now
        </TextLink>
      </Text>
      {bulk.skipped > 0 && (
        <Text size="sm" c="dimmed">
          Passed over are jobs it did not fit any more when it came to them, such as a finished one to cancel.
        </Text>
      )}
    </Stack>
  );
}

function said(bulk: BulkAction): string {
  if (isRunning(bulk)) return "In the background; you may leave this page";
  return bulk.state === "aborted" ? "Stopped before its end" : "Finished";
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Card>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={600}>{children}</Text>
    </Card>
  );
}
