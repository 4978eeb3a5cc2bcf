/** What the list of articles is narrowed to, as it stands in the URL. */

import type { Wanted } from "./queries";

export interface ArticlesSearch extends Wanted {
  /** The job that has many articles enriched: its progress is shown above the list. */
  enriching?: string;
}

export function readArticlesSearch(given: Record<string, unknown>): ArticlesSearch {
  return {
    q: text(given.q, 200),
    tag: text(given.tag, 50),
    state: given.state === "draft" || given.state === "published" ? given.state : undefined,
    enriching: text(given.enriching, 36),
  };
}

/** Only what the API is asked for. */
export function wantedOf({ q, tag, state }: ArticlesSearch): Wanted {
  return { q, tag, state };
}

/** A text as the URL has it: a number or a word in it was read as JSON by the router. */
export function text(given: unknown, most: number): string | undefined {
  const read = typeof given === "number" || typeof given === "boolean" ? String(given) : given;
  return typeof read === "string" && read.trim() ? read.slice(0, most) : undefined;
}
