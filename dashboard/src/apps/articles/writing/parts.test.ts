import { expect, test } from "vitest";

import { EMPTY, type Message, take } from "@/features/job/told/recording";

import { describedOf, outlineOf, sectionsOf } from "./parts";

function event(seq: number, type: string, data: object): Message {
  return { event: type, data: { seq, at: "2026-11-22T09:00:00Z", type, data } };
}

function child(step: string, place: number, message: Message): Message {
  return {
    event: "child",
    data: { job: `${step}${String(place)}`, step, place, event: message.event, data: message.data },
  };
}

const PLAN = child(
  "outline",
  0,
  event(1, "text", {
    step: "outline",
    run: 1,
    text: '{"title":"Mills","sections":[{"heading":"Water","points":["a"]},{"hea',
  }),
);

test("the outline is read while it is written", () => {
  expect(outlineOf(take(EMPTY, []))).toBeNull();
  expect(outlineOf(take(EMPTY, [PLAN]))).toEqual({ title: "Mills", sections: [{ heading: "Water", points: ["a"] }] });
});

test("a section is headed as planned, or as its own job says", () => {
  const recording = take(EMPTY, [
    PLAN,
    child("sections", 1, event(1, "progress", { fraction: 0, note: "Section 2 of 2: Wood: oak" })),
    child("sections", 0, event(1, "text", { step: "section", run: 1, text: "It flows." })),
    child("sections", 0, { event: "state", data: { state: "running" } }),
  ]);
  expect(sectionsOf(recording, outlineOf(recording))).toEqual([
    { job: "sections0", heading: "Water", state: "running", text: "It flows." },
    { job: "sections1", heading: "Wood: oak", state: "queued", text: "" },
  ]);
});

test("a section that is written anew begins empty", () => {
  const recording = take(EMPTY, [
    child("sections", 0, event(1, "text", { step: "section", run: 1, text: "Old." })),
    child("sections", 0, event(2, "text_reset", { step: "section", run: 2, after: 0 })),
  ]);
  expect(sectionsOf(recording, null)[0]?.text).toBe("");
});

test("summary and tags come as they are written", () => {
  const recording = take(EMPTY, [event(1, "text", { step: "describe", run: 1, text: '{"summary":"Of wat' })]);
  expect(describedOf(recording)).toEqual({ summary: "Of wat", tags: [] });
});
