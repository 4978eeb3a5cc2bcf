import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type Answers, type Asked, answering, show } from "@/test/show";

import { JobPage } from "../JobPage";
import { job, step, wait } from "../specimens";

const ID = job({}).id;
const HERE = `/api/v1/jobs/${ID}`;

// A browser's stream, which jsdom lacks: here it opens and stays silent.
beforeEach(() =>
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener(type: string, listener: () => void): void {
        if (type === "open") queueMicrotask(listener);
      }
      close(): void {}
    },
  ),
);
afterEach(() => vi.unstubAllGlobals());

function open(answers: Answers, tab?: "waits"): Asked[] {
  const asked = answering({
    "GET /readyz": {},
    "GET /api/v1/auth/options": { is_signed_in: true },
    "GET /api/v1/auth/me": { permissions: ["jobs:read", "jobs:write"], email: "ada@example.com" },
    [`GET ${HERE}/attempts`]: [],
    [`GET ${HERE}/steps`]: [],
    [`GET ${HERE}/waits`]: [],
    [`GET ${HERE}/children`]: { items: [], next_cursor: null },
    [`GET ${HERE}/ai-calls`]: { items: [], next_cursor: null },
    ...answers,
  });
  show(<JobPage id={ID} tab={tab} onLook={vi.fn()} />);
  return asked;
}

test("a cancel is asked for once more, and then said at once", async () => {
  let answer: (response: Response) => void = () => undefined;
  const asked = open({
    [`GET ${HERE}`]: job({ state: "running", finished: null }),
    [`PUT ${HERE}/cancellation`]: () => new Promise<Response>((resolve) => (answer = resolve)),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
  await userEvent.click(await screen.findByRole("button", { name: "Cancel the job" }));
  expect(await screen.findByText("cancelling")).toBeVisible();
  expect(asked.filter(({ what }) => what.startsWith("PUT"))).toHaveLength(1);
  answer(Response.json({}));
});

test("a replay shows before what runs again, what answers from storage, and what it may cost", async () => {
  const part = { took_ms: 400, ai_calls: 0, cost_nano_usd: 0 };
  const asked = open({
    [`GET ${HERE}`]: job({}),
    [`GET ${HERE}/steps`]: [step("read", 1, 1, 2), step("draft", 1, 2, 3)],
    [`GET ${HERE}/replays/preview`]: {
      from_step: "draft",
      stored: [{ ...part, name: "read", kind: "step" }],
      again: [{ ...part, name: "draft", kind: "ai", ai_calls: 2, cost_nano_usd: 1_830_000 }],
      estimated_cost_nano_usd: 1_830_000,
      is_cost_known: false,
    },
    [`POST ${HERE}/replays`]: Response.json({ code: "conflict", detail: "Not now" }, { status: 409 }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "More actions" }));
  const item = await screen.findByRole("menuitem", { name: "Replay from a step" });
  await waitFor(() => expect(item).toBeEnabled()); // once its steps are there
  await userEvent.click(item);
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(/at least/)).toHaveTextContent("at least $0.0018");
  expect(within(dialog).getByLabelText("runs again")).toBeVisible();
  expect(within(dialog).getByLabelText("from storage")).toBeVisible();
  await userEvent.click(within(dialog).getByRole("button", { name: "Replay" }));
  expect(await within(dialog).findByText("Not now")).toBeVisible();
  expect(asked.find(({ what }) => what === `POST ${HERE}/replays`)?.body).toEqual({ from_step: "draft" });
});

test("an approval is given right where the job is", async () => {
  const asked = openWait({ approved: { type: "boolean" }, comment: { type: "string" } });
  await userEvent.type(await screen.findByRole("textbox", { name: "Comment" }), "Good");
  await userEvent.click(screen.getByRole("button", { name: "Approve" }));
  await waitFor(() =>
    expect(asked.find(({ what }) => what.startsWith("PUT"))?.body).toEqual({
      answer: { approved: true, comment: "Good" },
      comment: "Good",
    }),
  );
});

test("a decision carries what else its schema asks for, and what does not fit is said there", async () => {
  const more = {
    approved: { type: "boolean" },
    score: { type: "integer", minimum: 1 },
    edits: { type: "object", properties: { title: { type: "string", maxLength: 80 } } },
  };
  const detail = "/answer/score: must be at least 1";
  const refusal = { code: "invalid_input", detail, errors: [{ pointer: "/answer/score", detail }] };
  const asked = openWait(more, () => Response.json(refusal, { status: 422 }));
  await userEvent.type(await screen.findByRole("textbox", { name: /^Score/ }), "0");
  await userEvent.type(screen.getByRole("textbox", { name: "Title" }), "Mills");
  expect(screen.queryByRole("checkbox", { name: /Approved/ })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Reject" }));
  await waitFor(() =>
    expect(asked.find(({ what }) => what.startsWith("PUT"))?.body).toEqual({
      answer: { approved: false, score: 0, edits: { title: "Mills" } },
    }),
  );
  expect(await screen.findByText("must be at least 1")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Title" })).toHaveValue("Mills");
});

function openWait(
  properties: object,
  answer: unknown = { answered_at: "2026-11-21T12:00:00Z", name: "taste" },
): Asked[] {
  const schema = { type: "object", properties, required: ["approved"] };
  const question = { ...wait("taste", "answer", 1, null), job_id: ID, answer_schema: schema };
  return open(
    {
      [`GET ${HERE}`]: job({ state: "waiting", finished: null }),
      [`GET ${HERE}/waits`]: [question],
      "PUT /api/v1/waits/taste/answer": answer,
    },
    "waits",
  );
}
