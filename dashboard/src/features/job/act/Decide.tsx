import { Group, Textarea } from "@mantine/core";
import { useMemo, useState } from "react";

import { Problem } from "@/api/problem";
import { faultAt } from "@/features/forms/FieldInput";
import { SchemaForm } from "@/features/forms/SchemaForm";
import { type JsonSchema, blankOf, fieldOf, isSchema } from "@/features/forms/schema";
import { ActButton } from "@/ui/ActButton";

import type { AnswerProps } from "./AnswerForm";

/** A decision by two buttons, with a comment and whatever else the answer may or must say. */
export function Decide({ wait: { answer_schema: schema }, isBusy, problem, onAnswer }: AnswerProps) {
  const { rest, hasComment } = useMemo(() => partsOf(schema ?? {}), [schema]);
  const [comment, setComment] = useState("");
  const [more, setMore] = useState<unknown>(() => rest && blankOf(fieldOf(rest)));
  const [isReadable, setReadable] = useState(true);
  const faults = problem instanceof Problem ? problem.faults : [];
  const decide = (approved: boolean): void => {
    const own = hasComment ? { approved, comment } : { approved };
    onAnswer({ answer: isSchema(more) ? { ...more, ...own } : own, comment: comment || undefined });
  };
  return (
    <>
      {rest && (
        <SchemaForm
          schema={rest}
          value={more}
          onChange={setMore}
          onReadable={setReadable}
          faults={faults}
          at="/answer"
          disabled={isBusy}
        />
      )}
      <Textarea
        label="Comment"
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
        error={faultAt({ faults, at: "/answer/comment" })}
        autosize
        minRows={2}
      />
      <Group gap="xs">
        <ActButton color="teal.9" loading={isBusy} disabled={!isReadable} onClick={() => decide(true)}>
          Approve
        </ActButton>
        <ActButton color="red" variant="light" loading={isBusy} disabled={!isReadable} onClick={() => decide(false)}>
          Reject
        </ActButton>
      </Group>
    </>
  );
}

/** Whether an answer of this schema is a decision: it says whether something is approved. */
export function isDecision(schema: JsonSchema | null | undefined): boolean {
  const properties = schema?.properties;
  return isSchema(properties) && isSchema(properties.approved) && properties.approved.type === "boolean";
}

/** The schema without what the buttons and the comment say; null where nothing is left of it. */
function partsOf(schema: JsonSchema): { rest: JsonSchema | null; hasComment: boolean } {
  const all = isSchema(schema.properties) ? schema.properties : {};
  const hasComment = isSchema(all.comment) && all.comment.type === "string";
  const isOwn = (name: string): boolean => name === "approved" || (name === "comment" && hasComment);
  const properties = Object.fromEntries(Object.entries(all).filter(([name]) => !isOwn(name)));
  const required = (Array.isArray(schema.required) ? schema.required : []).filter((name) => !isOwn(String(name)));
  const hasMore = Object.keys(properties).length > 0;
  return { rest: hasMore ? { ...schema, description: undefined, properties, required } : null, hasComment };
}
