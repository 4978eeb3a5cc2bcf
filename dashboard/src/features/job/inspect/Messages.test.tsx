import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { api, apiFor } from "@/api/client";
import { type Asked, answering, show } from "@/test/show";

import { AccessContext } from "../access";
import type { Message, Said } from "../queries";
import { call } from "../specimens";
import { CallCard } from "./Calls";

afterEach(() => vi.unstubAllGlobals());

const CALL = call("a", 1, "draft", 1, 3);
const PATH = "GET /api/v1/jobs/j/ai-calls/a/messages";

function message(role: Message["role"], text: string, more: Partial<Message> = {}): Message {
  return { role, text, name: null, call_id: null, is_answer: false, left_out: 0, skipped: 0, ...more };
}

function open(said: Partial<Said>, token: string | null = null, isAlone = true): Asked[] {
  const asked = answering({ [PATH]: { messages: [], shape: null, tools: [], why_none: null, ...said } });
  show(
    <AccessContext value={{ api: token === null ? api : apiFor(token), token }}>
      <CallCard call={CALL} isAlone={isAlone} />
    </AccessContext>,
  );
  return asked;
}

test("what was sent and what came stand apart, role by role, with their tokens and the price", async () => {
  open({
    messages: [
      message("system", "You mill."),
      message("user", "How is the rye?"),
      message("tool_call", '{"kind":"rye"}', { name: "weigh", call_id: "1" }),
      message("tool_result", "25", { name: "weigh", call_id: "1" }),
      message("assistant", "25 kilos.", { is_answer: true }),
    ],
    tools: ["weigh"],
  });
  const sent = await screen.findByRole("region", { name: "Sent" });
  const came = screen.getByRole("region", { name: "Came back" });
  const titles = (part: HTMLElement) =>
    within(part)
      .getAllByRole("article")
      .map((entry) => entry.ariaLabel);
  expect(titles(sent)).toEqual(["System", "User", "Model calls weigh", "Result of weigh"]);
  expect(titles(came)).toEqual(["Model"]);
  expect(sent).toHaveTextContent("812 tokens (256 cached) · offered: weigh");
  expect(came).toHaveTextContent("31 tokens (12 reasoning), $0.0018");
  expect(within(sent).getByRole("article", { name: "Model calls weigh" })).toHaveTextContent('{ "kind": "rye" }');
  expect(within(came).getByRole("button", { name: "Copy Model" })).toBeVisible();
});

test("a long message is folded until it is asked for, and says what was not kept of it", async () => {
  open({ messages: [message("user", "mill ".repeat(200), { left_out: 12_345, skipped: 3 })] });
  const whole = await screen.findByRole("button", { name: "Show all 1,000 characters" });
  expect(screen.getByText("12,345 characters in the middle were not kept")).toBeVisible();
  expect(screen.getByText("3 messages are left out here")).toBeVisible();
  await userEvent.click(whole);
  expect(screen.getByRole("button", { name: "Fold" })).toHaveAttribute("aria-expanded", "true");
});

test("where nothing is kept, it says why", async () => {
  open({ why_none: "The input of this task has sensitive fields" });
  expect(await screen.findByText("The input of this task has sensitive fields")).toBeVisible();
});

test("among others a call's messages are asked for when they are opened", async () => {
  const asked = open({ messages: [message("user", "How is the rye?")] }, null, false);
  expect(asked).toEqual([]);
  await userEvent.click(await screen.findByRole("button", { name: "Show messages" }));
  expect(await screen.findByText("How is the rye?")).toBeVisible();
  expect(asked.map(({ what }) => what)).toEqual([PATH]);
});

test("a link to a job shows no messages, and asks for none", async () => {
  const asked = open({ messages: [message("user", "How is the rye?")] }, "token");
  expect(await screen.findByRole("article", { name: "Call of gpt-5-mini" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /messages/ })).toBeNull();
  expect(asked).toEqual([]);
});
