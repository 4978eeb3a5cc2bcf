import { Badge, Button, Divider, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { IconDatabase, IconRefresh } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type Schemas, api, ask } from "@/api/client";
import { money, took } from "@/lib/words";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { Shown } from "@/ui/Shown";

import { type Job, type Step, keyOf } from "../queries";
import { useReplay } from "./acts";

type Preview = Schemas["ReplayPreview"];
type StepPreview = Schemas["StepPreview"];

/** Choose the step to begin from, and see before what runs again, what answers from storage, and what it may cost. */
export function ReplayDialog({ job, steps, onClose }: { job: Job; steps: readonly Step[]; onClose: () => void }) {
  const [from, setFrom] = useState<string | null>(steps.at(-1)?.name ?? null);
  const preview = useQuery({
    queryKey: keyOf(job.id, "preview", from ?? ""),
    queryFn: () =>
      ask(
        api.GET("/api/v1/jobs/{job_id}/replays/preview", {
          params: { path: { job_id: job.id }, query: { from_step: from ?? undefined } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  const replay = useReplay(job.id);
  return (
    <Modal opened onClose={onClose} title="Replay from a step" size="lg">
      <Stack gap="sm">
        <Select
          label="From the step"
          description="Steps that were finished before it answer from storage. Without one, every step runs again."
          data={[...new Set(steps.map(({ name }) => name))]}
          value={from}
          onChange={setFrom}
          searchable
          clearable
          placeholder="From the beginning"
          clearButtonProps={{ "aria-label": "From the beginning" }}
        />
        <Shown query={preview} lines={5}>
          {(shown) => <Plan preview={shown} />}
        </Shown>
        {replay.isError && <ErrorState problem={replay.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <ActButton loading={replay.isPending} onClick={() => replay.mutate(from === null ? {} : { from_step: from })}>
            Replay
          </ActButton>
        </Group>
      </Stack>
    </Modal>
  );
}

function Plan({ preview }: { preview: Preview }) {
  const { again, stored, estimated_cost_nano_usd: cost, is_cost_known: isKnown } = preview;
  const rows = again.filter(({ kind }) => kind === "transaction").length;
  return (
    <Stack gap="xs" aria-live="polite">
      <Text size="sm">
        Runs again: <b>{again.length}</b>. From storage: <b>{stored.length}</b>. Estimated cost:{" "}
        <b>
          {isKnown ? "" : "at least "}
          {money(cost)}
        </b>
        .
      </Text>
      {rows > 0 && (
        <Text size="sm" c="orange">
          {rows === 1 ? "One step wrote" : `${String(rows)} steps wrote`} rows of an app; that is done again.
        </Text>
      )}
      <Divider />
      {again.map((step) => (
        <Line key={step.name} step={step} isAgain />
      ))}
      {stored.map((step) => (
        <Line key={step.name} step={step} />
      ))}
      {again.length + stored.length === 0 && (
        <Text size="sm" c="dimmed">
          It had finished no step, so all of it runs again.
        </Text>
      )}
    </Stack>
  );
}

function Line({ step, isAgain }: { step: StepPreview; isAgain?: boolean }) {
  const { name, kind, took_ms, cost_nano_usd, ai_calls } = step;
  const Icon = isAgain ? IconRefresh : IconDatabase;
  return (
    <Group gap="xs" wrap="nowrap">
      <Icon size={14} aria-label={isAgain ? "runs again" : "from storage"} />
      <Text size="sm" truncate style={{ flex: 1 }} c={isAgain ? undefined : "dimmed"}>
        {name}
      </Text>
      {kind !== "step" && <Badge color="gray">{kind}</Badge>}
      <Text size="xs" c="dimmed" w={64} ta="right">
        {took(took_ms)}
      </Text>
      <Text size="xs" c="dimmed" w={72} ta="right">
        {ai_calls === 0 && cost_nano_usd === 0 ? "" : cost_nano_usd === null ? "unknown" : money(cost_nano_usd)}
      </Text>
    </Group>
  );
}
