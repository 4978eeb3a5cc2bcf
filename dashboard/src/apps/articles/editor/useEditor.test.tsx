import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";

import type { Article } from "../queries";
import { useEditor } from "./useEditor";

const ARTICLE: Article = {
  id: "01a20281-1a79-7f83-9d12-7b95db28b3f8",
  slug: "mills",
  title: "Mills",
  summary: "Of water.",
  tags: ["water"],
  reading_minutes: 1,
  state: "draft",
  version: 1,
  created_at: "2026-11-22T09:00:00Z",
  updated_at: "2026-11-22T09:00:00Z",
  published_at: null,
  job_id: null,
  cost_nano_usd: null,
  body: "Once.",
  sources: [],
};

afterEach(() => vi.unstubAllGlobals());

/** An API with one article; what it was sent is kept. */
function serve(article: Article) {
  let present = article;
  const sent: Record<string, unknown>[] = [];
  const answer = (status: number, body: unknown): Response => Response.json(body, { status });
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method !== "PATCH") return answer(200, present);
    const { version, ...change } = (await request.json()) as { version: number };
    sent.push({ version, ...change });
    if (version !== present.version)
      return answer(409, { code: "version_conflict", title: "It was changed meanwhile." });
    present = { ...present, ...change, version: version + 1 };
    return answer(200, present);
  });
  return { sent, put: (next: Partial<Article>) => (present = { ...present, ...next }) };
}

function edit(article: Article) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  return renderHook(({ present }) => useEditor(present, article.id), { wrapper, initialProps: { present: article } });
}

test("only what was changed is sent, on the version that was read", async () => {
  const { sent } = serve(ARTICLE);
  const { result } = edit(ARTICLE);
  act(() => result.current.change({ title: "Wheels " }));
  expect(result.current.isDirty).toBe(true);
  act(() => result.current.save());
  await waitFor(() => expect(result.current.isDirty).toBe(false));
  expect(sent).toEqual([{ version: 1, title: "Wheels" }]);
  expect(result.current.base.version).toBe(2);
});

test("what is typed while it is saved stays", async () => {
  serve(ARTICLE);
  const { result } = edit(ARTICLE);
  act(() => result.current.change({ title: "Wheels" }));
  act(() => result.current.save());
  act(() => result.current.change({ body: "Twice." }));
  await waitFor(() => expect(result.current.base.version).toBe(2));
  expect(result.current.draft).toMatchObject({ title: "Wheels", body: "Twice." });
  expect(result.current.changes).toEqual({ body: "Twice." });
});

test("a conflict keeps both: theirs where only they changed something, mine where I did", async () => {
  const { sent, put } = serve(ARTICLE);
  const { result } = edit(ARTICLE);
  act(() => result.current.change({ title: "Mine" }));
  put({ title: "Theirs", summary: "Of wind.", version: 2 });
  act(() => result.current.save());
  await waitFor(() => expect(result.current.conflict?.theirs.title).toBe("Theirs"));
  expect(result.current.draft.title).toBe("Mine");
  act(() => result.current.conflict?.keepMine());
  await waitFor(() => expect(result.current.conflict).toBeNull());
  expect(sent.at(-1)).toEqual({ version: 2, title: "Mine" });
  expect(result.current.draft).toMatchObject({ title: "Mine", summary: "Of wind." });
});

test("a newer version is taken over where nothing was typed, and told of where something was", () => {
  const { result, rerender } = edit(ARTICLE);
  rerender({ present: { ...ARTICLE, title: "Newer", version: 2 } });
  expect(result.current.draft.title).toBe("Newer");
  act(() => result.current.change({ body: "Mine." }));
  rerender({ present: { ...ARTICLE, title: "Newest", version: 3 } });
  expect(result.current.draft).toMatchObject({ title: "Newer", body: "Mine." });
  expect(result.current.isNewer).toBe(true);
});
