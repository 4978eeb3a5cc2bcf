/** What was typed into a task's form: it stays while one looks elsewhere, until it is sent or the page is closed. */

import { useState } from "react";

import { NO_OPTIONS, type Options } from "./submission";

interface Draft {
  input: unknown;
  options: Options;
}

const drafts = new Map<string, Draft>();

export function useDraft(task: string, begin: () => unknown) {
  const [draft, setDraft] = useState<Draft>(() => drafts.get(task) ?? { input: begin(), options: NO_OPTIONS });
  const change = (next: Draft): void => {
    drafts.set(task, next);
    setDraft(next);
  };
  return { draft, change, clear: () => drafts.delete(task) };
}
