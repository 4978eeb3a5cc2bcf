import { Alert, Button, Group, JsonInput, Modal, Stack } from "@mantine/core";
import { useState } from "react";

import { isFinal } from "@/lib/words";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";

import type { Job } from "../queries";
import { useReplay, useSubmit } from "./acts";

const MASK = '"********"';

/** The job once more with another input; what was typed stays when the server says no. */
export function EditDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const [text, setText] = useState(() => JSON.stringify(job.input, null, 2));
  const [fault, setFault] = useState<string | null>(null);
  const replay = useReplay(job.id);
  const submit = useSubmit();
  const isOver = isFinal(job.state);
  const act = isOver ? replay : submit;

  const send = (): void => {
    const read = parse(text);
    setFault(read.fault);
    if (read.fault !== null) return;
    if (isOver) replay.mutate({ input: read.value });
    else submit.mutate({ task: job.task, input: read.value, if_exists: "return", owner: job.owner, tags: job.tags });
  };
  return (
    <Modal opened onClose={onClose} title="Edit and resubmit" size="lg">
      <Stack gap="sm">
        <JsonInput
          label={`Input of ${job.task}`}
          description="Every step runs again with it."
          value={text}
          onChange={setText}
          error={fault}
          autosize
          minRows={8}
          maxRows={24}
          formatOnBlur
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          data-autofocus
        />
        {text.includes(MASK) && (
          <Alert color="orange" p="xs">
            What is sensitive is masked here: type it anew, or the stars are sent.
          </Alert>
        )}
        {act.isError && <ErrorState problem={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <ActButton loading={act.isPending} onClick={send}>
            Submit
          </ActButton>
        </Group>
      </Stack>
    </Modal>
  );
}

function parse(text: string): { value: unknown; fault: string | null } {
  try {
    const value: unknown = JSON.parse(text);
    return { value, fault: null };
  } catch (reason) {
    return { value: null, fault: reason instanceof Error ? reason.message : "This is not JSON." };
  }
}
