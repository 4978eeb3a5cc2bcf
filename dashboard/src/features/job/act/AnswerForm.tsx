import { Group, Stack } from "@mantine/core";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { Problem } from "@/api/problem";
import { SchemaForm } from "@/features/forms/SchemaForm";
import { blankOf, fieldOf } from "@/features/forms/schema";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { useAct } from "@/ui/act";

import { type Wait, keyOf } from "../queries";
import { Decide, isDecision } from "./Decide";

/** Answers a wait by a form made from its schema: with two buttons where it is a decision, with one otherwise. */
export function AnswerForm({ wait }: { wait: Wait }) {
  const answer = useAnswer(wait);
  const Form = isDecision(wait.answer_schema) ? Decide : Fill;
  return (
    <Stack gap="xs" mt="sm">
      <Form wait={wait} isBusy={answer.isPending} problem={answer.error} onAnswer={answer.mutate} />
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

export interface AnswerProps {
  wait: Wait;
  isBusy: boolean;
  problem: Error | null;
  onAnswer: (given: Given) => void;
}

function Fill({ wait: { answer_schema: schema }, isBusy, problem, onAnswer }: AnswerProps) {
  const [answer, setAnswer] = useState<unknown>(() => blankOf(fieldOf(schema ?? {})));
  const [isReadable, setReadable] = useState(true);
  return (
    <>
      <SchemaForm
        schema={schema ?? null}
        value={answer}
        onChange={setAnswer}
        onReadable={setReadable}
        faults={problem instanceof Problem ? problem.faults : []}
        at="/answer"
        disabled={isBusy}
      />
      <Group>
        <ActButton loading={isBusy} disabled={!isReadable} onClick={() => onAnswer({ answer })}>
          Answer
        </ActButton>
      </Group>
    </>
  );
}
