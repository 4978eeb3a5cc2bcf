import { Alert, Group, Stack, Text, Textarea } from "@mantine/core";
import { IconUserCheck } from "@tabler/icons-react";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { Time } from "@/ui/Time";
import { useAct } from "@/ui/act";

import type { Wait } from "../queries";
import type { Editor } from "./useEditor";

interface Props {
  wait: Wait;
  editor: Editor;
  onDecided: () => void;
}

/** The decision that the article's job waits for; what was edited here goes with it. */
export function ReviewBar({ wait, editor: { changes, isDirty }, onDecided }: Props) {
  const [comment, setComment] = useState("");
  const { sources, ...edits } = changes;
  const decide = useAct<unknown, boolean>({
    act: (approved) =>
      ask(
        api.PUT("/api/v1/waits/{wait_id}/answer", {
          params: { path: { wait_id: wait.id } },
          body: { answer: { approved, comment: comment.trim(), edits }, comment: comment.trim() || undefined },
        }),
      ),
    keys: [["live"]],
    isQuiet: true,
    onDone: onDecided,
  });
  return (
    <Alert color="grape" mb="md" icon={<IconUserCheck size={18} />} title="This article waits for your review">
      <Stack gap="xs">
        <Text size="sm">
          Read it, and edit what should be different.{" "}
          {isDirty ? "Your edits go with the decision, as a version of their own." : null} The wait ends{" "}
          <Time at={wait.due_at} />; without a decision it stays a draft.
        </Text>
        <Textarea
          label="Comment"
          description="Kept with the job; the article is not written anew."
          value={comment}
          maxLength={2_000}
          autosize
          minRows={1}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {sources && (
          <Text size="sm" c="red">
            Save your change of the sources first: it can’t go with the decision.
          </Text>
        )}
        {decide.isError && <ErrorState problem={decide.error} />}
        <Group gap="xs">
          <ActButton
            color="teal"
            loading={decide.isPending && decide.variables}
            disabled={Boolean(sources) || decide.isPending}
            onClick={() => decide.mutate(true)}
          >
            {isDirty ? "Approve with my edits" : "Approve"}
          </ActButton>
          <ActButton
            variant="default"
            loading={decide.isPending && !decide.variables}
            disabled={Boolean(sources) || decide.isPending}
            onClick={() => decide.mutate(false)}
          >
            Keep it a draft
          </ActButton>
        </Group>
      </Stack>
    </Alert>
  );
}
