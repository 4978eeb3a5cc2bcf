import { Group, JsonInput, Stack, Textarea } from "@mantine/core";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { useAct } from "@/ui/act";

import { type Wait, keyOf } from "../queries";
import { isFields } from "../told/recording";

/** Answers a wait: by two buttons where it is an approval, as JSON otherwise. */
export function AnswerForm({ wait }: { wait: Wait }) {
  const answer = useAnswer(wait);
  return (
    <Stack gap="xs" mt="sm">
      {isApproval(wait) ? (
        <Decide isBusy={answer.isPending} onAnswer={answer.mutate} />
      ) : (
        <AsJson isBusy={answer.isPending} onAnswer={answer.mutate} />
      )}
      {answer.isError && <ErrorState problem={answer.error} />}
    </Stack>
  );
}

interface Given {
  answer: unknown;
  comment?: string;
}

function useAnswer(wait: Wait) {
  return useAct<unknown, Given>({
    act: (body) => ask(api.PUT("/api/v1/waits/{wait_id}/answer", { params: { path: { wait_id: wait.id } }, body })),
    done: `${wait.name} is answered; the job goes on`,
    keys: [keyOf(wait.job_id), ["live"]],
    isQuiet: true,
  });
}

interface Props {
  isBusy: boolean;
  onAnswer: (given: Given) => void;
}

function Decide({ isBusy, onAnswer }: Props) {
  const [comment, setComment] = useState("");
  const decide = (approved: boolean): void =>
    onAnswer({ answer: { approved, comment }, comment: comment || undefined });
  return (
    <>
      <Textarea
        label="Comment"
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
        autosize
        minRows={2}
      />
      <Group gap="xs">
        <ActButton color="teal" loading={isBusy} onClick={() => decide(true)}>
          Approve
        </ActButton>
        <ActButton color="red" variant="light" loading={isBusy} onClick={() => decide(false)}>
          Reject
        </ActButton>
      </Group>
    </>
  );
}

function AsJson({ isBusy, onAnswer }: Props) {
  const [text, setText] = useState("{}");
  const [fault, setFault] = useState<string | null>(null);
  const send = (): void => {
    try {
      const answer: unknown = JSON.parse(text);
      setFault(null);
      onAnswer({ answer });
    } catch (reason) {
      setFault(reason instanceof Error ? reason.message : "This is not JSON.");
    }
  };
  return (
    <>
      <JsonInput label="Answer" value={text} onChange={setText} error={fault} autosize minRows={4} />
      <Group>
        <ActButton loading={isBusy} onClick={send}>
          Answer
        </ActButton>
      </Group>
    </>
  );
}

function isApproval({ answer_schema: schema }: Wait): boolean {
  const properties = schema?.properties;
  return isFields(properties) && isFields(properties.approved) && properties.approved.type === "boolean";
}
