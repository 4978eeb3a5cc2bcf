import { ActionIcon, Badge, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { AnswerForm } from "@/features/job/act/AnswerForm";
import { useMay } from "@/shell/me";
import { Json } from "@/ui/Json";
import { Shown } from "@/ui/Shown";
import { Time } from "@/ui/Time";
import { ButtonLink } from "@/ui/links";

import { JobInput } from "./JobInput";
import { type Wait, type WaitState, waitQuery } from "./queries";

const COLOR: Record<WaitState, string> = {
  open: "grape",
  answered: "teal",
  expired: "orange",
  failed: "red",
  closed: "gray",
};

/** One wait: whose job asks, what it was given, and the answer or a form for it. */
export function WaitDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(waitQuery(id));
  return (
    <Stack gap="xs">
      <Button
        hiddenFrom="md"
        variant="subtle"
        leftSection={<IconArrowLeft size={14} />}
        onClick={onClose}
        style={{ alignSelf: "flex-start" }}
      >
        All of them
      </Button>
      <Card component="section" aria-label="The wait">
        <Shown query={query} lines={8}>
          {(wait) => <Whole wait={wait} onClose={onClose} />}
        </Shown>
      </Card>
    </Stack>
  );
}

function Whole({ wait, onClose }: { wait: Wait; onClose: () => void }) {
  const mayAnswer = useMay("jobs:write");
  const { name, task, job_id, state, opened_at, due_at } = wait;
  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Group gap="xs">
            <Title order={2}>{name}</Title>
            <Badge color={COLOR[state]}>{state}</Badge>
          </Group>
          <Text size="sm" c="dimmed" component="div">
            {task}, asked <Time at={opened_at} />
            {due_at && state === "open" && (
              <>
                , answer until <Time at={due_at} />
              </>
            )}
          </Text>
        </div>
        <Group gap={4} wrap="nowrap">
          <ButtonLink to="/jobs/$jobId" params={{ jobId: job_id }} variant="default">
            Open the job
          </ButtonLink>
          <ActionIcon visibleFrom="md" aria-label="Close" onClick={onClose}>
            <IconX size={16} />
          </ActionIcon>
        </Group>
      </Group>
      <JobInput jobId={job_id} />
      {state === "open" && mayAnswer && <AnswerForm wait={wait} />}
      {state === "open" && !mayAnswer && (
        <Text size="sm" c="dimmed">
          Your role may read this, not answer it.
        </Text>
      )}
      {state !== "open" && <Settled wait={wait} />}
      {wait.refusals > 0 && (
        <div>
          <Title order={3} mb={4}>
            Answers that did not fit: {wait.refusals}
          </Title>
          <Json value={wait.refused} label="the last answer that did not fit" max={200} />
        </div>
      )}
    </Stack>
  );
}

function Settled({ wait: { answer, answered_by, comment, settled_at, state } }: { wait: Wait }) {
  if (state !== "answered") {
    return (
      <Text size="sm" component="div">
        {state === "expired" ? "Nobody answered in time" : "It was over before somebody answered"},{" "}
        <Time at={settled_at} />.
      </Text>
    );
  }
  return (
    <div>
      <Title order={3} mb={4}>
        Answered by {answered_by ?? "whoever had its address"}, <Time at={settled_at} />
      </Title>
      {comment && (
        <Text size="sm" mb="xs">
          “{comment}”
        </Text>
      )}
      <Json value={answer} label="answer" max={320} />
    </div>
  );
}
