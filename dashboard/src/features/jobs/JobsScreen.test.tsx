import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from "@tanstack/react-router";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { makeQueryClient } from "@/api/queries";
import { theme } from "@/app/theme";
import { STATES } from "@/lib/words";
import { type Answers, answering } from "@/test/show";

import { JobsScreen } from "./JobsScreen";
import { readSearch } from "./search";
import type { JobItem } from "./firstPage";

const AT = "2026-11-21T12:00:00Z";

function job(number: number, state: JobItem["state"] = "completed"): JobItem {
  return {
    id: `01a20281-0000-7000-8000-${String(number).padStart(12, "0")}`,
    task: `mill.grind_${String(number)}`,
    state,
    queue: "mill",
    created_at: AT,
    started_at: AT,
    finished_at: state === "running" ? null : AT,
    ready_at: AT,
    run_at: null,
    cancel_requested_at: null,
    attempts: 1,
    run: 1,
    failures: 0,
    crashes: 0,
    error: null,
    progress: null,
    owner: null,
    parent_id: null,
    retry_of: null,
    unique_key: null,
    priority: 0,
    events: 0,
    tags: [],
    links: {},
    cost_nano_usd: 0,
    input_tokens: 0,
    output_tokens: 0,
  };
}

const COUNTS = { states: Object.fromEntries(STATES.map((name) => [name, { count: 7, is_exact: true, text: "7" }])) };
const ME = {
  id: "u",
  kind: "user",
  name: "Ada",
  email: null,
  owner: "u",
  role: "member",
  permissions: ["jobs:read", "jobs:write"],
};

let lists: URLSearchParams[] = [];

/** The answer of the list, as a function that remembers what it was asked. */
function page(jobs: JobItem[]) {
  return (request: Request) => {
    lists.push(new URL(request.url).searchParams);
    return { items: jobs, next_cursor: null, searched: null };
  };
}

function open(answers: Answers, at = "/jobs/") {
  const asked = answering({
    "GET /api/v1/auth/options": { needs_setup: false, registration: "off", openid: null, is_signed_in: true },
    "GET /api/v1/auth/me": ME,
    "GET /api/v1/jobs/counts": COUNTS,
    "GET /api/v1/views": [],
    ...answers,
  });
  const root = createRootRoute();
  const app = createRoute({ getParentRoute: () => root, id: "_app" });
  const jobs = createRoute({
    getParentRoute: () => app,
    path: "/jobs/",
    validateSearch: readSearch,
    component: JobsScreen,
  });
  const bulk = createRoute({ getParentRoute: () => app, path: "/bulk-actions/$id", component: () => <p>Bulk page</p> });
  const history = createMemoryHistory({ initialEntries: [at] });
  const router = createRouter({ routeTree: root.addChildren([app.addChildren([jobs, bulk])]), history });
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={makeQueryClient()}>
        <ModalsProvider>
          <Notifications />
          <RouterProvider router={router as never} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { asked, history };
}

beforeEach(() => {
  lists = [];
  // A browser lays out; here every element is said to have room.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1_000);
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener(): void {}
      close(): void {}
    },
  );
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const row = (name: string): Promise<HTMLElement> =>
  screen.findByText(name).then((cell) => cell.closest("tr") ?? Promise.reject(new Error(`${name} stands in no row`)));

test("a click on a state narrows the list, in the URL too", async () => {
  const { history } = open({ "GET /api/v1/jobs": page([job(2), job(1, "failed")]) });
  await row("mill.grind_2");
  await userEvent.click(screen.getByRole("button", { name: /failed/ }));
  await waitFor(() => expect(lists.at(-1)?.getAll("state")).toEqual(["failed"]));
  expect(history.location.search).toBe("?state=failed");
  expect(screen.getByRole("button", { name: /failed/ })).toHaveAttribute("aria-pressed", "true");
});

test("what the URL asks for is what the API is asked for", async () => {
  open({ "GET /api/v1/jobs": page([job(1)]) }, "/jobs/?task=a,b&min=2&roots=true&owner=7");
  await row("mill.grind_1");
  expect(lists[0]?.getAll("task")).toEqual(["a", "b"]);
  expect(lists[0]?.get("min_seconds")).toBe("2");
  expect(lists[0]?.get("children")).toBe("false");
  expect(lists[0]?.get("owner")).toBe("7");
});

test("keys go down the list, select, open the panel and close it", async () => {
  const { history } = open({ "GET /api/v1/jobs": page([job(3), job(2), job(1)]) });
  await row("mill.grind_3");
  await userEvent.keyboard("jjx");
  expect(await row("mill.grind_2")).toHaveAttribute("aria-selected", "true");
  expect(screen.getByRole("toolbar")).toHaveTextContent("1 selected");
  await userEvent.keyboard("k{Enter}");
  await waitFor(() => expect(history.location.search).toContain(job(3).id));
  expect(await screen.findByRole("dialog", { name: "Job" })).toBeInTheDocument();
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(history.location.search).toBe(""));
});

test("a list without jobs says why, and what would change that", async () => {
  open({ "GET /api/v1/jobs": page([]) });
  expect(await screen.findByText("No job yet")).toBeVisible();
});

test("a filter that nothing matches is said to be the cause", async () => {
  open({ "GET /api/v1/jobs": page([]) }, "/jobs/?tag=eu");
  expect(await screen.findByText("No job matches")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Take away the filter Tag" }));
  expect(await screen.findByText("No job yet")).toBeVisible();
});

test("a list that can't be had says so, and is asked for again", async () => {
  let isBroken = true;
  const broken = () => Response.json({ code: "forbidden", detail: "Not for you" }, { status: 403 });
  open({ "GET /api/v1/jobs": (request: Request) => (isBroken ? broken() : page([job(1)])(request)) });
  expect(await screen.findByText("Not for you")).toBeVisible();
  isBroken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await row("mill.grind_1")).toBeVisible();
});

test("a cancelled job shows at once as stopping, and no more when the server refuses", async () => {
  let refuse: (response: Response) => void = () => undefined;
  const answer = new Promise<Response>((resolve) => {
    refuse = resolve;
  });
  open({
    "GET /api/v1/jobs": page([job(1, "running")]),
    [`PUT /api/v1/jobs/${job(1).id}/cancellation`]: () => answer,
  });
  await userEvent.click(within(await row("mill.grind_1")).getByRole("checkbox"));
  await userEvent.click(within(screen.getByRole("toolbar")).getByRole("button", { name: "Cancel" }));
  await userEvent.click(await screen.findByRole("button", { name: "Cancel 1 job" }));
  expect(await screen.findByText("stopping")).toBeVisible();
  refuse(Response.json({ code: "broken", detail: "The disk is full" }, { status: 500 }));
  expect(await screen.findByText("The disk is full")).toBeVisible();
  await waitFor(() => expect(screen.queryByText("stopping")).toBeNull());
});

test("all that match are retried by one bulk action, whose page opens", async () => {
  const { asked } = open(
    {
      "GET /api/v1/jobs": page([job(2, "failed"), job(1, "failed")]),
      "POST /api/v1/bulk-actions": { id: "b1" },
    },
    "/jobs/?state=failed&tag=eu",
  );
  await userEvent.click(within(await row("mill.grind_2")).getByRole("checkbox"));
  await userEvent.click(screen.getByRole("button", { name: "Select all that match" }));
  await userEvent.click(within(screen.getByRole("toolbar")).getByRole("button", { name: "Retry" }));
  await userEvent.click(await screen.findByRole("button", { name: "Retry 7 jobs" }));
  expect(await screen.findByText("Bulk page")).toBeVisible();
  const [post] = asked.filter(({ what }) => what === "POST /api/v1/bulk-actions");
  expect(post?.body).toEqual({ action: "retry", filter: { children: true, state: ["failed"], tag: "eu" } });
});
