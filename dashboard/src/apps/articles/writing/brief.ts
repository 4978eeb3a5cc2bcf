/** A brief while it is typed, and as it is sent. It stays while one looks elsewhere, until it is sent. */

import { useState } from "react";

import type { Brief, Reference } from "../queries";

export type Ending = "publish" | "draft" | "review";

export interface Draft {
  topic: string;
  audience: string;
  tone: string;
  language: string;
  sections: number;
  sources: Reference[];
  ending: Ending;
}

export const SECTIONS_MAX = 8;

export const BLANK: Draft = {
  topic: "",
  audience: "",
  tone: "",
  language: "",
  sections: 4,
  sources: [],
  ending: "review",
};

/** What is sent: one line each, and nothing for what was left empty. */
export function briefOf({ topic, audience, tone, language, sections, sources, ending }: Draft): Brief {
  return {
    topic: topic.trim(),
    audience: audience.trim() || null,
    tone: tone.trim() || null,
    language: language.trim() || null,
    sections,
    sources: sources.filter(({ title, url }) => title.trim() || url.trim()),
    publish: ending !== "draft",
    review: ending === "review",
  };
}

const drafts = new Map<string, Draft>();

/** The brief that is typed in one place of the app. */
export function useBriefDraft(place: string) {
  const [draft, setDraft] = useState<Draft>(() => drafts.get(place) ?? BLANK);
  const change = (part: Partial<Draft>): void =>
    setDraft((before) => {
      const next = { ...before, ...part };
      drafts.set(place, next);
      return next;
    });
  /** It was sent: the next one has another topic, and most often the same readers. */
  const clear = (): void => change({ topic: "", sources: [] });
  return { draft, change, clear };
}
