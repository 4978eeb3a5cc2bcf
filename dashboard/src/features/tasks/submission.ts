/** What is sent to have a task run: its input, and what was chosen beside it. */

import type { Schemas } from "@/api/client";

export type Submission = Schemas["SubmitJob"];

export interface Options {
  priority: number | "";
  /** As an input of a moment gives it, in the person's own zone. */
  runAt: string;
  uniqueKey: string;
  ifExists: Submission["if_exists"];
  tags: string[];
  owner: string;
}

export const NO_OPTIONS: Options = { priority: "", runAt: "", uniqueKey: "", ifExists: "return", tags: [], owner: "" };

/** The body of the request; what was left empty is left out. */
export function submissionOf(task: string, input: unknown, options: Options): Submission {
  const { priority, runAt, uniqueKey, ifExists, tags, owner } = options;
  const body: Submission = { task, if_exists: ifExists };
  if (isJson(input)) body.input = input;
  if (priority !== "") body.priority = priority;
  if (runAt) body.run_at = new Date(runAt).toISOString();
  if (uniqueKey.trim()) body.unique_key = uniqueKey.trim();
  if (tags.length > 0) body.tags = tags;
  if (owner.trim()) body.owner = owner.trim();
  return body;
}

/** The same as it is shown to be copied: without what is so anyway. */
export function shownOf({ if_exists, ...body }: Submission): Partial<Submission> {
  return body.unique_key ? { ...body, if_exists } : body;
}

/** How many options are set, to be told while they are folded away. */
export function countOf({ priority, runAt, uniqueKey, tags, owner }: Options): number {
  return [priority !== "", runAt, uniqueKey.trim(), tags.length > 0, owner.trim()].filter(Boolean).length;
}

function isJson(value: unknown): value is Schemas["JsonValue"] {
  return value !== undefined;
}
