/** How a job looked at a moment: its text, its progress and its log, from the events up to then. */

import type { JobEvent } from "./recording";

export interface Block {
  /** The step that wrote it; null for text outside of steps. */
  step: string | null;
  text: string;
}

export interface LogLine {
  seq: number;
  at: number;
  level: string;
  message: string;
}

export interface Progress {
  fraction: number;
  note: string | null;
}

/** The events up to a moment; all of them without one. */
export function until(events: readonly JobEvent[], moment: number | null): readonly JobEvent[] {
  if (moment === null) return events;
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.at ?? 0) <= moment) low = middle + 1;
    else high = middle;
  }
  return events.slice(0, low);
}

/** The text that counts, by step, in the order in which it was begun: what a reset voids is gone. */
export function textOf(events: readonly JobEvent[]): Block[] {
  let pieces: { seq: number; step: string | null; text: string }[] = [];
  for (const { seq, type, data } of events) {
    const step = typeof data.step === "string" ? data.step : null;
    if (type === "text" && typeof data.text === "string") pieces.push({ seq, step, text: data.text });
    if (type === "text_reset") {
      const after = typeof data.after === "number" ? data.after : 0;
      pieces = pieces.filter((piece) => piece.step !== step || (step === null && piece.seq <= after));
    }
  }
  const blocks = new Map<string | null, string[]>();
  for (const { step, text } of pieces) {
    const block = blocks.get(step);
    if (block) block.push(text);
    else blocks.set(step, [text]);
  }
  return [...blocks].map(([step, texts]) => ({ step, text: texts.join("") }));
}

export function progressOf(events: readonly JobEvent[]): Progress | null {
  for (let place = events.length - 1; place >= 0; place -= 1) {
    const event = events[place];
    if (event?.type !== "progress" || typeof event.data.fraction !== "number") continue;
    return { fraction: event.data.fraction, note: typeof event.data.note === "string" ? event.data.note : null };
  }
  return null;
}

export function logOf(events: readonly JobEvent[]): LogLine[] {
  return events.flatMap(({ seq, at, type, data }) =>
    type === "log" && typeof data.message === "string"
      ? [{ seq, at, level: typeof data.level === "string" ? data.level : "info", message: data.message }]
      : [],
  );
}

/** What an event says, in a line. */
export function lineOf({ type, data }: JobEvent): string {
  const text = (name: string): string => (typeof data[name] === "string" ? data[name] : "");
  switch (type) {
    case "progress": {
      const percent = `${String(Math.round(Number(data.fraction) * 100))} %`;
      return text("note") ? `${percent} · ${text("note")}` : percent;
    }
    case "log":
      return text("message");
    case "text":
      return text("text");
    case "text_reset":
      return text("step") ? `The text of ${text("step")} so far is void` : "The text of this run so far is void";
    case "step":
      return `${text("name")} was stored after ${String(data.took_ms)} ms`;
    case "wait":
      return [text("name"), text("state"), text("by") && `by ${text("by")}`, text("comment")]
        .filter(Boolean)
        .join(" · ");
    default:
      return JSON.stringify(data);
  }
}
