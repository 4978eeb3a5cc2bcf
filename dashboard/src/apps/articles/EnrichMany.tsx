import { Button, Group, Modal, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconWand } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { useOnce } from "@/features/job/act/useOnce";
import type { Job } from "@/features/job/queries";
import { isFields } from "@/features/job/told/recording";
import { count } from "@/lib/words";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { useAct } from "@/ui/act";

import { JobStrip } from "./JobStrip";
import { ARTICLES_KEY } from "./queries";

interface Props {
  tag: string | undefined;
  onBegun: (jobId: string) => void;
}

/** Has summaries and tags written for many articles at once. */
export function EnrichMany({ tag, onBegun }: Props) {
  const [isOpen, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" leftSection={<IconWand size={14} />} onClick={dialog.open}>
        Enrich many
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title="Have summaries and tags written">
        <Choice
          tag={tag}
          onBegun={(jobId) => {
            dialog.close();
            onBegun(jobId);
          }}
        />
      </Modal>
    </>
  );
}

function Choice({ tag: given, onBegun }: Props) {
  const [tag, setTag] = useState(given ?? "");
  const [isMissing, setMissing] = useState(true);
  const once = useOnce();
  const act = useAct({
    act: () => {
      const body = { tag: tag.trim().toLowerCase() || null, missing_summary: isMissing };
      return ask(
        api.POST("/api/v1/articles/enrichments", {
          params: { header: { "idempotency-key": once.keyFor(body) } },
          body,
        }),
      );
    },
    keys: [["live"]],
    isQuiet: true,
    onDone: ({ job_id: id }) => {
      once.done();
      onBegun(id);
    },
  });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Every article becomes a new version with a summary and tags of the model’s. Ten are worked on at a time; each is
        billed.
      </Text>
      <TextInput
        label="Tag"
        description="Only articles with this tag; all of them without one."
        value={tag}
        maxLength={50}
        onChange={(event) => setTag(event.currentTarget.value)}
      />
      <Switch
        label="Only articles without a summary"
        checked={isMissing}
        onChange={(event) => setMissing(event.currentTarget.checked)}
      />
      {act.isError && <ErrorState problem={act.error} />}
      <Group justify="flex-end">
        <ActButton loading={act.isPending} onClick={() => act.mutate()}>
          Begin
        </ActButton>
      </Group>
    </Stack>
  );
}

/** How far the enrichment of many is. */
export function EnrichProgress({ jobId, onClose }: { jobId: string; onClose: () => void }) {
  const queries = useQueryClient();
  return (
    <JobStrip
      jobId={jobId}
      title="Writing summaries and tags"
      told={toldOf}
      onClose={onClose}
      onEnd={() => void queries.invalidateQueries({ queryKey: ARTICLES_KEY })}
    />
  );
}

export function toldOf({ state, result, error }: Job): string {
  if (state === "cancelled") return "It was cancelled; what was written by then stays.";
  if (state === "failed") return error?.message ?? "It failed.";
  const { enriched, failed } = isFields(result) ? result : {};
  if (enriched === 0 && failed === 0) return "No article fits that choice; nothing had to be done.";
  const done = `${count(Number(enriched ?? 0))} enriched`;
  return failed ? `${done}, ${count(Number(failed))} not: the job says why` : done;
}
