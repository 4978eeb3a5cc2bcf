/** What of an article is there while it is written: outline, sections and description, from the stream of its job. */

import { isFields } from "@/features/job/told/recording";
import type { JobEvent, Recording, ToldChild } from "@/features/job/told/recording";
import { progressOf, textOf } from "@/features/job/told/telling";

import { readPartial } from "./partial";

export interface Outline {
  title: string;
  sections: { heading: string; points: string[] }[];
}

export interface Section {
  job: string;
  heading: string;
  state: string;
  text: string;
}

export interface Described {
  summary: string;
  tags: string[];
}

/** The outline so far, as the last try to write it has it. */
export function outlineOf({ children }: Recording): Outline | null {
  const planner = children.findLast(({ step }) => step === "outline");
  const read = planner && lastJson(planner.events);
  if (!isFields(read)) return null;
  const sections = Array.isArray(read.sections) ? read.sections.filter(isFields) : [];
  return {
    title: text(read.title),
    // the one that is being begun has no heading yet
    sections: sections
      .map(({ heading, points }) => ({ heading: text(heading), points: texts(points) }))
      .filter(({ heading }) => heading !== ""),
  };
}

/** The sections whose jobs have begun, in their order. */
export function sectionsOf({ children }: Recording, outline: Outline | null): Section[] {
  return children
    .filter(({ step }) => step === "sections")
    .map((child) => ({
      job: child.id,
      heading: outline?.sections[child.place]?.heading || headingOf(child),
      state: child.state ?? "queued",
      text: textOf(child.events)
        .map((block) => block.text)
        .join(""),
    }));
}

export function describedOf({ own }: Recording): Described | null {
  const block = textOf(own.events).findLast(({ step }) => step === "describe");
  const read = block && readPartial(block.text);
  return isFields(read) ? { summary: text(read.summary), tags: texts(read.tags) } : null;
}

/** A section's job says in its progress what it writes: "Section 2 of 4: Water". */
function headingOf({ events, place }: ToldChild): string {
  const note = progressOf(events)?.note ?? "";
  return note.split(": ").slice(1).join(": ") || `Section ${String(place + 1)}`;
}

function lastJson(events: readonly JobEvent[]): unknown {
  return readPartial(textOf(events).at(-1)?.text ?? "");
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
