/** Shows a part of the dashboard as the page would, with the server's answers given by the test. */

import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { QueryClientProvider } from "@tanstack/react-query";
import {
  RouterProvider,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from "@tanstack/react-router";
import { type RenderResult, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { vi } from "vitest";

import { makeQueryClient } from "@/api/queries";
import { theme } from "@/app/theme";

/** By "GET /api/v1/jobs": what is answered as JSON, or a function of the request. */
export type Answers = Record<string, unknown>;

/** Every request that was made, in order: "PUT /api/v1/…", with its body. */
export interface Asked {
  what: string;
  body: unknown;
}

/** Answer `fetch`, and nothing else; an address without an answer is 404. */
export function answering(answers: Answers): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input instanceof Request ? input : new URL(String(input), location.origin), init);
    const what = `${request.method} ${new URL(request.url).pathname}`;
    const text = request.method === "GET" ? "" : await request.clone().text();
    asked.push({ what, body: text === "" ? undefined : JSON.parse(text) });
    const answer = answers[what];
    const given: unknown = typeof answer === "function" ? await answer(request) : answer;
    if (given instanceof Response) return given;
    if (given === undefined) return Response.json({ code: "not_found", detail: "Not here" }, { status: 404 });
    return Response.json(given);
  });
  return asked;
}

/** Render within theme, router, queries and dialogs. */
export function show(element: ReactElement): RenderResult {
  const root = createRootRoute();
  const any = createRoute({ getParentRoute: () => root, path: "$", component: () => element });
  const index = createRoute({ getParentRoute: () => root, path: "/", component: () => element });
  const router = createRouter({
    routeTree: root.addChildren([index, any]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={makeQueryClient()}>
        <ModalsProvider>
          <RouterProvider router={router as never} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
}

/** An answer that goes on as server-sent events, as the test sends them. */
export function streaming(): { answer: () => Response; send: (event: string, data: unknown, id?: string) => void } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    answer: () => new Response(readable, { headers: { "Content-Type": "text/event-stream" } }),
    send: (event, data, id) => {
      const text = `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      void writer.write(new TextEncoder().encode(text)).catch(() => undefined);
    },
  };
}
