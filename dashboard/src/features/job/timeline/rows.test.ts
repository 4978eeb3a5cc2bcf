import { expect, test } from "vitest";

import { attempt, call, child, job, step, wait } from "../specimens";
import { type Parts, rowsOf, spanOf } from "./rows";

const at = (seconds: number): number => Date.parse("2026-11-21T12:00:00Z") + seconds * 1000;

function parts(given: Partial<Parts>): Parts {
  return { job: job({}), attempts: [], steps: [], waits: [], children: [], calls: [], events: [], ...given };
}

test("a job that did not begin has its queue time alone", () => {
  const [only, ...rest] = rowsOf(parts({ job: job({ state: "queued", finished: null }) }));
  expect(rest).toEqual([]);
  expect([only?.queuedFrom, only?.from]).toEqual([at(0), at(0)]);
});

test("steps stand under the run that did them, calls of models under their step", () => {
  const rows = rowsOf(
    parts({
      attempts: [attempt(1, 1, 4, "failed"), attempt(2, 6, 9, "completed")],
      steps: [step("read", 1, 2, 3), step("draft", 2, 7, 8)],
      calls: [call("a", 2, "draft", 7, 8), call("b", 1, "title", 3, 4)],
    }),
  );
  expect(rows.map(({ id, depth }) => `${String(depth)} ${id}`)).toEqual([
    "0 job",
    "1 run:1",
    "2 step:read",
    "2 ai:b",
    "1 run:2",
    "2 step:draft",
    "3 ai:a",
  ]);
});

test("a later run waited since the run before had ended, or since what it had parked for was there", () => {
  const rows = rowsOf(
    parts({
      attempts: [attempt(1, 1, 2, "parked"), attempt(2, 6, 7, "failed"), attempt(3, 9, 10, "completed")],
      waits: [wait("rise", "sleep", 2, 5)],
    }),
  );
  const queued = rows.filter(({ kind }) => kind === "run").map(({ queuedFrom }) => queuedFrom);
  expect(queued).toEqual([at(0), at(5), at(7)]);
});

test("a job of a later time waits for its turn from then on", () => {
  const rows = rowsOf(parts({ job: job({ runAt: 50 }), attempts: [attempt(1, 51, 52, "completed")] }));
  expect(rows[0]?.queuedFrom).toBe(at(50));
});

test("children stand under their call, with the time they waited apart", () => {
  const rows = rowsOf(
    parts({
      attempts: [attempt(1, 1, 2, "parked")],
      steps: [step("write", 1, 2, 9)],
      waits: [wait("write", "children", 2, 9)],
      children: [child("x", 0, 2, 3, 8), child("y", 1, 2, null, null)],
    }),
  );
  expect(rows.slice(2).map(({ id, kind }) => `${kind} ${id}`)).toEqual([
    "call wait:write",
    "child child:x",
    "child child:y",
  ]);
  expect(rows[3]).toMatchObject({ label: "grind 1", queuedFrom: at(2), from: at(3), to: at(8) });
});

test("steps that the stream told of are there before the list is loaded again", () => {
  const event = { seq: 1, at: at(3), type: "step", data: { name: "read", run: 1, took_ms: 1000 } };
  const rows = rowsOf(parts({ attempts: [attempt(1, 1, null, "running")], events: [event] }));
  expect(rows.at(-1)).toMatchObject({ id: "step:read", from: at(2), to: at(3) });
});

test("steps of the job before answer from storage", () => {
  const rows = rowsOf(parts({ attempts: [attempt(1, 1, 2, "completed")], steps: [step("read", 0, -9, -8)] }));
  expect(rows[1]).toMatchObject({ kind: "stored", from: at(0), to: at(0) });
});

test("what lasts, lasts until now", () => {
  const rows = rowsOf(parts({ job: job({ finished: null }), attempts: [attempt(1, 1, null, "running")] }));
  expect(spanOf(rows, at(60))).toEqual([at(0), at(60)]);
});
