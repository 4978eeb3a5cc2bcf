import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  type AnyRouter,
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { RunForm } from "./RunForm";
import type { Task } from "./queries";

const TASK: Task = {
  name: "mill.grind",
  queue: "mill",
  description: "Grind a sack.",
  executor: "async",
  attempts: 3,
  timeout_seconds: 600,
  priority: 0,
  input_schema: {
    type: "object",
    properties: { grain: { type: "string", maxLength: 40, examples: ["rye"] } },
    required: ["grain"],
  },
  output_schema: {},
  links: {},
};
const WAIT = { timeout: 20_000 };

const sent = vi.fn<(body: unknown, key: string | null) => void>();
let answers: (() => Response)[] = [];

function json(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

beforeEach(() => {
  sent.mockClear();
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method !== "POST") return json({ permissions: ["jobs:write"] }, 200);
    sent(await request.json(), request.headers.get("idempotency-key"));
    return answers.shift()?.() ?? json({}, 500);
  });
});
afterEach(() => vi.unstubAllGlobals());

async function show(task: Task): Promise<void> {
  const root = createRootRoute();
  const form = createRoute({ getParentRoute: () => root, path: "/", component: () => <RunForm task={task} /> });
  const job = createRoute({ getParentRoute: () => root, path: "/jobs/$jobId", component: () => <p>The job's page</p> });
  const router = createRouter({
    routeTree: root.addChildren([form, job]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <RouterProvider<AnyRouter> router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await screen.findByRole("button", { name: /^Run/ }, WAIT);
}

test("what the server finds wrong stands at its input, what was typed stays, and then it is sent anew", async () => {
  const fault = { pointer: "/input/grain", detail: "The input does not fit at /input/grain: is no grain we have" };
  answers = [
    () => json({ code: "invalid_input", title: "Invalid input", detail: "Mend it.", errors: [fault] }, 422),
    () => json({ id: "1", task: TASK.name, queue: "mill", state: "queued" }, 202),
  ];
  const person = userEvent.setup();
  await show(TASK);
  await person.click(screen.getByRole("button", { name: "Fill in the example" }));
  await person.click(screen.getByRole("button", { name: "Run mill.grind" }));
  await waitFor(() => expect(screen.getByLabelText(/Grain/)).toHaveAccessibleDescription("is no grain we have"), WAIT);
  expect(screen.getByLabelText(/Grain/)).toHaveValue("rye");
  expect(screen.getByLabelText(/Grain/)).toHaveFocus();
  await person.type(screen.getByLabelText(/Grain/), "!");
  await person.click(screen.getByRole("button", { name: "Run mill.grind" }));
  await screen.findByText("The job's page", {}, WAIT);
  expect(sent.mock.calls.map(([body]) => body)).toEqual([
    { task: "mill.grind", if_exists: "return", input: { grain: "rye" } },
    { task: "mill.grind", if_exists: "return", input: { grain: "rye!" } },
  ]);
});

test("the same sent again after a lost answer has the same key, so that there is one job", async () => {
  answers = [
    () => {
      throw new TypeError("connection lost");
    },
    () => json({ id: "1" }, 202),
  ];
  const person = userEvent.setup();
  await show({ ...TASK, name: "mill.press", input_schema: null });
  await person.click(screen.getByRole("button", { name: "Run mill.press" }));
  await screen.findByRole("alert", {}, WAIT);
  // once the server is found again, the button is free
  await waitFor(() => expect(screen.getByRole("button", { name: "Run mill.press" })).toBeEnabled(), WAIT);
  await person.click(screen.getByRole("button", { name: "Run mill.press" }));
  await waitFor(() => expect(sent).toHaveBeenCalledTimes(2), WAIT);
  const [first, second] = sent.mock.calls;
  expect(first?.[1]).toBeTruthy();
  expect(second?.[1]).toBe(first?.[1]);
});
