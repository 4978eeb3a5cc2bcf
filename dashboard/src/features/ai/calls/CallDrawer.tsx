import { Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { useAccess } from "@/features/job/access";
import { JobLink } from "@/features/job/header/JobLink";
import { CallCard } from "@/features/job/inspect/Calls";
import { callsQuery } from "@/features/job/queries";
import { Facts } from "@/features/job/Facts";
import { ErrorState } from "@/ui/ErrorState";
import { Loading } from "@/ui/Loading";
import { Owner } from "@/ui/Owner";
import { Time } from "@/ui/Time";

import type { Call } from "../queries";

interface Props {
  callId: string | undefined;
  jobId: string | undefined;
  known: Call | undefined;
  onClose: () => void;
}

/** All that is known of one call: tokens, the price it was settled at, how it ended, and a malformed answer as it came. */
export function CallDrawer({ callId, jobId, known, onClose }: Props) {
  return (
    <Drawer
      opened={callId !== undefined && jobId !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title="AI call"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {callId && jobId && <Detail key={callId} callId={callId} jobId={jobId} known={known} />}
    </Drawer>
  );
}

function Detail({ callId, jobId, known }: { callId: string; jobId: string; known: Call | undefined }) {
  const query = useInfiniteQuery(callsQuery(jobId, useAccess()));
  const whole = query.data?.pages.flatMap(({ items }) => items).find(({ id }) => id === callId);
  const call = whole ?? known;
  if (!call) {
    return query.isError ? <ErrorState problem={query.error} onRetry={() => void query.refetch()} /> : <Loading />;
  }
  return (
    <Stack gap="md">
      <Group gap="xs">
        <Text size="sm">
          Of job <JobLink id={jobId} />, {call.task}
        </Text>
      </Group>
      {/* the list's entry lacks the raw answer: until the job's own has come, there is none to show */}
      <CallCard call={whole ?? { ...call, raw_answer: null }} isAlone />
      <Facts
        facts={[
          ["Began", <Time key="began" at={call.started_at} />],
          ["Owner", <Owner key="owner" owner={call.owner} />],
        ]}
      />
      {call.price && (
        <section>
          <Title order={3} mb={4}>
            Price it was settled at
          </Title>
          <Facts facts={Object.entries(call.price).map(([name, value]) => [priceName(name), value] as const)} />
        </section>
      )}
    </Stack>
  );
}

/** "input_mtok" is dollars a million tokens of input. */
function priceName(name: string): string {
  return name.replace(/_mtok$/, ", $ a million").replaceAll("_", " ");
}
