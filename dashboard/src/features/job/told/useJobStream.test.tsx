import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { answering, show } from "@/test/show";

import { textOf } from "./telling";
import { useJobStream } from "./useJobStream";

const HERE = "/api/v1/jobs/j1/updates";
const AT = "2026-11-22T12:00:00Z";

/** As behind a proxy that lets no stream through. */
class Cut extends EventTarget {
  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("error")));
  }
  close(): void {
    // It was never open.
  }
}

beforeEach(() => vi.stubGlobal("EventSource", Cut));
afterEach(() => vi.unstubAllGlobals());

function text(seq: number, words: string): object {
  const data = { seq, at: AT, type: "text", data: { step: "draft", run: 1, text: words } };
  return { event: "child", data: { job: "c1", step: "sections", place: 0, event: "text", data } };
}

function Told() {
  const { recording, link } = useJobStream("j1");
  const texts = recording.children.flatMap(({ events }) => textOf(events).map((block) => block.text));
  return (
    <p>
      {link}, {recording.own.state}: {texts.join("|")}
    </p>
  );
}

test("where no stream can be held open, the text of children is asked for, each page after the last", async () => {
  const places: (string | null)[] = [];
  const state = { event: "state", data: { state: "running" } };
  const pages: Record<string, object> = {
    "0": { items: [state, text(1, "The mill")], after: "4.1", has_more: true },
    "4.1": { items: [state, text(2, " turns")], after: "4.2", has_more: false },
    "4.2": { items: [text(3, " on."), { event: "end", data: { state: "completed" } }], after: "5.3", has_more: false },
  };
  answering({
    "GET /readyz": {},
    [`GET ${HERE}`]: (request: Request) => {
      const after = new URL(request.url).searchParams.get("after");
      places.push(after);
      return pages[after ?? ""];
    },
  });
  show(<Told />);
  expect(await screen.findByText("polling, running: The mill turns")).toBeVisible();
  expect(places).toEqual(["0", "4.1"]);
  expect(await screen.findByText("closed, completed: The mill turns on.")).toBeVisible();
  expect(places).toEqual(["0", "4.1", "4.2"]);
});

test("a place that the server does not know begins anew", async () => {
  const pages = [
    { items: [text(1, "Old")], after: "9.1", has_more: false },
    { items: [{ event: "reset", data: {} }], after: "0", has_more: true },
    { items: [text(1, "New")], after: "1.1", has_more: false },
  ];
  answering({
    "GET /readyz": {},
    [`GET ${HERE}`]: () => pages.shift() ?? { items: [], after: "1.1", has_more: false },
  });
  show(<Told />);
  expect(await screen.findByText(/Old/)).toBeVisible();
  expect(await screen.findByText("polling, : New")).toBeVisible();
});
