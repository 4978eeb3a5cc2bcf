import { expect, test } from "vitest";

import { EMPTY, type Message, take } from "./recording";
import { progressOf, textOf, until } from "./telling";

const AT = Date.parse("2026-11-21T12:00:00Z");

function event(seq: number, type: string, data: object): Message {
  return { event: type, data: { seq, at: new Date(AT + seq * 1000).toISOString(), type, data } };
}

function text(seq: number, words: string, step: string | null = null): Message {
  return event(seq, "text", { step, run: 1, text: words });
}

function child(place: number, message: Message, job = `job-${String(place)}`): Message {
  return { event: "child", data: { job, step: "write", place, event: message.event, data: message.data } };
}

test("text is appended by step", () => {
  const { own } = take(EMPTY, [text(1, "A ", "draft"), text(2, "loose"), text(3, "line", "draft")]);
  expect(textOf(own.events)).toEqual([
    { step: "draft", text: "A line" },
    { step: null, text: "loose" },
  ]);
});

test("a reset voids the text of its step and leaves the rest", () => {
  const { own } = take(EMPTY, [
    text(1, "old", "draft"),
    text(2, "kept", "title"),
    event(3, "text_reset", { step: "draft", run: 2, after: 0 }),
    text(4, "new", "draft"),
  ]);
  expect(textOf(own.events)).toEqual([
    { step: "title", text: "kept" },
    { step: "draft", text: "new" },
  ]);
});

test("a reset outside of steps voids only what came after its place", () => {
  const { own } = take(EMPTY, [
    text(1, "stays "),
    text(2, "goes"),
    text(3, "kept", "draft"),
    event(4, "text_reset", { step: null, run: 2, after: 1 }),
    text(5, "again"),
  ]);
  expect(textOf(own.events)).toEqual([
    { step: null, text: "stays again" },
    { step: "draft", text: "kept" },
  ]);
});

test("what is told again after a break is passed over", () => {
  const before = take(EMPTY, [text(1, "one "), text(2, "two ")]);
  const { own } = take(before, [text(2, "two "), text(3, "three")]);
  expect(textOf(own.events)[0]?.text).toBe("one two three");
});

test("children are kept in the order of their inputs, each with its own events and state", () => {
  const { children, own } = take(EMPTY, [
    child(1, { event: "state", data: { state: "running" } }),
    child(0, { event: "state", data: { state: "queued" } }),
    child(1, text(1, "second")),
    child(0, text(1, "first")),
    child(1, { event: "end", data: { state: "completed" } }),
  ]);
  expect(own.events).toEqual([]);
  expect(children.map(({ id, state, events }) => [id, state, textOf(events)[0]?.text])).toEqual([
    ["job-0", "queued", "first"],
    ["job-1", "completed", "second"],
  ]);
});

test("a reset of the stream begins anew", () => {
  const before = take(EMPTY, [text(1, "one"), child(0, text(1, "first"))]);
  expect(take(before, [{ event: "reset", data: null }])).toEqual(EMPTY);
  expect(take(before, [{ event: "reset", data: null }, text(1, "anew")]).own.events).toHaveLength(1);
});

test("the end says the final state, that of a child does not end the job", () => {
  const running = take(EMPTY, [{ event: "state", data: { state: "running" } }, child(0, { event: "end", data: {} })]);
  expect(running.isOver).toBe(false);
  const ended = take(running, [{ event: "end", data: { state: "failed" } }]);
  expect([ended.isOver, ended.own.state]).toEqual([true, "failed"]);
});

test("messages that are not of the API change nothing", () => {
  expect(
    take(EMPTY, [
      { event: "text", data: "?" },
      { event: "child", data: {} },
    ]),
  ).toEqual(EMPTY);
});

test("a moment shows what was told up to then", () => {
  const { own } = take(EMPTY, [
    event(1, "progress", { fraction: 0.2, note: "Begun" }),
    text(2, "early "),
    event(3, "progress", { fraction: 0.9, note: null }),
    text(4, "late"),
  ]);
  const early = until(own.events, AT + 2500);
  expect(textOf(early)[0]?.text).toBe("early ");
  expect(progressOf(early)).toEqual({ fraction: 0.2, note: "Begun" });
  expect(progressOf(until(own.events, null))?.fraction).toBe(0.9);
  expect(until(own.events, AT)).toEqual([]);
});
