import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { apiFor } from "@/api/client";
import { type Answers, type Asked, answering, show, streaming } from "@/test/show";

import { JobPage } from "./JobPage";
import { AccessContext } from "./access";
import type { JobSearch } from "./look";
import { attempt, call, job, step, wait } from "./specimens";

const ID = job({}).id;
const HERE = `/api/v1/jobs/${ID}`;
const AT = Date.parse("2026-11-21T12:00:00Z");

afterEach(() => vi.unstubAllGlobals());

let stream: ReturnType<typeof streaming>;
beforeEach(() => {
  stream = streaming();
});

function open(answers: Answers, look: JobSearch = {}): Asked[] {
  const asked = answering({
    [`GET ${HERE}/attempts`]: [],
    [`GET ${HERE}/steps`]: [],
    [`GET ${HERE}/waits`]: [],
    [`GET ${HERE}/children`]: { items: [], next_cursor: null },
    [`GET ${HERE}/ai-calls`]: { items: [], next_cursor: null },
    [`GET ${HERE}/events`]: stream.answer,
    ...answers,
  });
  const access = { api: apiFor("token"), token: "token" };
  const onLook = vi.fn();
  show(
    <AccessContext value={access}>
      <JobPage id={ID} {...look} onLook={onLook} />
    </AccessContext>,
  );
  return asked;
}

/** What is said before the stream has told anything is that it is on its way. */
function begin(state: string): void {
  stream.send("state", { state });
}

function tell(seq: number, type: string, data: object): void {
  stream.send(type, { seq, at: new Date(AT + seq * 1000).toISOString(), type, data }, String(seq));
}

test("text shows as it is written, and what a reset voids is gone", async () => {
  open({ [`GET ${HERE}`]: job({ state: "running", finished: null }) });
  begin("running");
  await screen.findByText("No text yet");
  tell(1, "text", { step: "draft", run: 1, text: "The mill" });
  expect(await screen.findByText("The mill")).toBeVisible();
  tell(2, "text", { step: "draft", run: 1, text: " turns" });
  expect(await screen.findByText("The mill turns")).toBeVisible();
  tell(3, "text_reset", { step: "draft", run: 2, after: 0 });
  tell(4, "text", { step: "draft", run: 2, text: "A new draft" });
  expect(await screen.findByText("A new draft")).toBeVisible();
  expect(screen.queryByText("The mill turns")).toBeNull();
});

test("the text of children stands side by side, each with its state", async () => {
  open({ [`GET ${HERE}`]: job({ state: "waiting", finished: null }) }, { tab: "text" });
  begin("running");
  await screen.findByText("No text yet");
  for (const place of [0, 1]) {
    const head = { job: `child-${String(place)}`, step: "write", place };
    stream.send("child", { ...head, event: "state", data: { state: "running" } });
    const event = {
      seq: 1,
      at: new Date(AT).toISOString(),
      type: "text",
      data: { step: null, text: `Part ${String(place)}` },
    };
    stream.send("child", { ...head, event: "text", data: event });
  }
  const second = await screen.findByRole("region", { name: "Text of write 2" });
  expect(second).toHaveTextContent("Part 1");
  expect(screen.getByRole("region", { name: "Text of write 1" })).toHaveTextContent("Part 0");
  expect(screen.getAllByText("running").length).toBeGreaterThanOrEqual(2);
});

test("a state that the stream tells of is asked for, and shown", async () => {
  let state = job({ state: "running", finished: null });
  open({ [`GET ${HERE}`]: () => state });
  begin("running");
  await screen.findByText("No text yet");
  state = job({ state: "completed", more: { result: { kilos: 25 } } });
  stream.send("state", { state: "completed" });
  expect(await screen.findByText("completed")).toBeVisible();
});

test("a failed job shows one's own code first, and the answer that could not be read", async () => {
  const traceback = [
    "Traceback (most recent call last):",
    '  File "/srv/mill/mill.py", line 61, in judge',
    "    return await job.ai.extract(prompt, Profile)",
    '  File "/x/site-packages/headrace/ai/ai.py", line 7, in ask',
  ].join("\n");
  const error = { code: "ai_malformed_answer", message: "It can't be read", type: "x.MalformedAnswer", traceback };
  const raw = { ...call("a", 1, "ai.extract", 1, 2), state: "error", raw_answer: "Well, I would say" };
  open({
    [`GET ${HERE}`]: job({ state: "failed", more: { error: { ...error, fingerprint: null } } }),
    [`GET ${HERE}/ai-calls`]: { items: [raw], next_cursor: null },
  });
  expect(await screen.findByText("Hallucinated response")).toBeVisible();
  expect(screen.getByText("Well, I would say")).toBeVisible();
  expect(screen.getByText(/mill\.py:61/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Whole traceback, 1 frames of libraries" })).toBeVisible();
});

test("a cancelled job shows its receipt", async () => {
  const cancellation = { reason: "user", stopped: "unwound", took_ms: 412, billed_nano_usd: 1_830_000 };
  open({ [`GET ${HERE}`]: job({ state: "cancelled", more: { cancellation } }) });
  expect(await screen.findByText(/Its code was cancelled and has ended/)).toBeVisible();
  expect(screen.getByText("412 ms")).toBeVisible();
  expect(screen.getByText("$0.0018")).toBeVisible();
});

test("why it is not running is said, with its place in line", async () => {
  const why = {
    reason: "in_line" as const,
    detail: "It is number 7 in line in the queue mill.",
    until: null,
    position: { count: 7, is_exact: true, text: "7" },
  };
  open({ [`GET ${HERE}`]: job({ state: "queued", finished: null, more: { why } }) });
  expect(await screen.findByText("Number 7 in line")).toBeVisible();
});

test("a finished job is played: at an earlier moment its text is what it was then", async () => {
  open({ [`GET ${HERE}`]: job({}) }, { tab: "text" });
  await screen.findByRole("region", { name: "Inspector" });
  tell(1, "text", { step: null, run: 1, text: "early " });
  tell(5, "text", { step: null, run: 1, text: "late" });
  expect(await screen.findByText("early late")).toBeVisible();
  const moment = await screen.findByRole("slider", { name: "Moment of the recording" });
  moment.focus();
  await userEvent.keyboard("{Home}");
  await waitFor(() => expect(screen.queryByText("early late")).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: "To the end" }));
  expect(await screen.findByText("early late")).toBeVisible();
});

test("a row of the timeline opens in the inspector", async () => {
  open(
    {
      [`GET ${HERE}`]: job({}),
      [`GET ${HERE}/attempts`]: [attempt(1, 1, 9, "completed")],
      [`GET ${HERE}/steps`]: [{ ...step("draft", 1, 2, 5), result: { words: 812 } }],
    },
    { at: "step:draft" },
  );
  const inspector = await screen.findByRole("region", { name: "Inspector" });
  expect(await within(inspector).findByText("Step draft")).toBeVisible();
  expect(await within(inspector).findByText(/"words": 812/)).toBeVisible();
});

test("whoever has only a link is offered no act", async () => {
  open(
    {
      [`GET ${HERE}`]: job({ state: "waiting", finished: null }),
      [`GET ${HERE}/waits`]: [wait("approval", "answer", 1, null)],
    },
    { tab: "waits" },
  );
  expect(await screen.findByRole("article", { name: "Wait approval" })).toBeVisible();
  for (const name of ["Cancel", "Share", "Answer", "Approve"])
    expect(screen.queryByRole("button", { name })).toBeNull();
});

test("a job that is not there says so, and can be asked for again", async () => {
  open({});
  expect(await screen.findByText("Not found")).toBeVisible();
});
