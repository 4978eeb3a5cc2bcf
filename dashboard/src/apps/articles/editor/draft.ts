/** The text of an article while it is edited: what differs from the version it is based on. */

import type { Article, Reference, Version } from "../queries";

export interface Draft {
  title: string;
  summary: string;
  tags: string[];
  sources: Reference[];
  body: string;
}

export type Part = keyof Draft;

export const PARTS: readonly Part[] = ["title", "summary", "tags", "sources", "body"];

export const PART_NAME: Record<Part, string> = {
  title: "Title",
  summary: "Summary",
  tags: "Tags",
  sources: "Sources",
  body: "Text",
};

export const BLANK: Draft = { title: "", summary: "", tags: [], sources: [], body: "" };

export function draftOf({ title, summary, tags, sources, body }: Article | Version): Draft {
  return { title, summary, tags, sources, body };
}

/** The parts in which a draft differs from what it is based on, as they would be sent. */
export function changesOf(base: Draft, draft: Draft): Partial<Draft> {
  const changed = PARTS.filter((part) => !isSame(base[part], sentOf(draft)[part]));
  return Object.fromEntries(changed.map((part) => [part, sentOf(draft)[part]]));
}

/** What is sent: lines without ends, and no sources that were left empty. */
export function sentOf(draft: Draft): Draft {
  return {
    ...draft,
    title: oneLine(draft.title),
    summary: oneLine(draft.summary),
    sources: draft.sources.filter(({ title, url }) => title.trim() || url.trim()),
  };
}

/** The parts that somebody else and this draft both changed, to something different. */
export function conflictsOf(base: Draft, mine: Draft, theirs: Draft): Part[] {
  return PARTS.filter((part) => {
    const own = sentOf(mine)[part];
    return !isSame(base[part], own) && !isSame(base[part], theirs[part]) && !isSame(own, theirs[part]);
  });
}

/** A part as text, for a person to read and to compare. */
export function textOf(draft: Draft, part: Part): string {
  if (part === "tags") return draft.tags.join(", ");
  if (part === "sources") return draft.sources.map(({ title, url }) => `${title}: ${url}`).join("\n");
  return draft[part];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function oneLine(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}
