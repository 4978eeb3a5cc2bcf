import { Alert, Button, Group, Modal, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { Problem } from "@/api/problem";
import { SchemaForm } from "@/features/forms/SchemaForm";
import { isFinal } from "@/lib/words";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { Shown } from "@/ui/Shown";

import type { Job } from "../queries";
import { useReplay, useSubmit } from "./acts";

const MASK = '"********"';

/** The job once more with another input; what was typed stays when the server says no. */
export function EditDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const task = useQuery({
    queryKey: ["tasks", job.task],
    queryFn: () => ask(api.GET("/api/v1/tasks/{name}", { params: { path: { name: job.task } } })),
    staleTime: 60_000,
  });
  const [input, setInput] = useState<unknown>(job.input);
  const [isReadable, setReadable] = useState(true);
  const replay = useReplay(job.id);
  const submit = useSubmit();
  const isOver = isFinal(job.state);
  const act = isOver ? replay : submit;
  const send = (): void => {
    if (isOver) replay.mutate({ input });
    else submit.mutate({ task: job.task, input, if_exists: "return", owner: job.owner, tags: job.tags });
  };
  const faults = act.error instanceof Problem ? act.error.faults : [];
  return (
    <Modal opened onClose={onClose} title={`Edit and resubmit ${job.task}`} size="lg">
      <Stack gap="sm">
        <Shown query={task} lines={6}>
          {({ input_schema: schema }) => (
            <SchemaForm
              schema={schema}
              value={input}
              onChange={setInput}
              onReadable={setReadable}
              faults={faults}
              at="/input"
              disabled={act.isPending}
            />
          )}
        </Shown>
        {JSON.stringify(input ?? null).includes(MASK) && (
          <Alert color="orange" p="xs">
            What is sensitive is masked here: type it anew, or the stars are sent.
          </Alert>
        )}
        {act.isError && <ErrorState problem={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <ActButton loading={act.isPending} disabled={!isReadable || !task.data} onClick={send}>
            Submit
          </ActButton>
        </Group>
      </Stack>
    </Modal>
  );
}
