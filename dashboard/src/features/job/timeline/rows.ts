/** The rows of a job's timeline: its runs, and within each the steps, waits, calls of other jobs and of models. */

import type { Attempt, Call, Child, Job, Step, Wait } from "../queries";
import type { JobEvent } from "../told/recording";

export type Kind = "job" | "run" | "step" | "stored" | "wait" | "call" | "child" | "ai";

export interface Row {
  /** What the address names when the row is selected: `step:draft`. */
  id: string;
  kind: Kind;
  label: string;
  depth: number;
  state: string;
  /** In ms since 1970; `to` is null while it lasts. */
  from: number;
  to: number | null;
  /** Since when it waited for its turn before. */
  queuedFrom: number | null;
}

export interface Parts {
  job: Job;
  attempts: readonly Attempt[];
  steps: readonly Step[];
  waits: readonly Wait[];
  children: readonly Child[];
  calls: readonly Call[];
  events: readonly JobEvent[];
}

const ms = (iso: string): number => Date.parse(iso);
const msOrNull = (iso: string | null | undefined): number | null => (iso ? ms(iso) : null);

/** Lay out all rows: the job, then run by run what was begun in it, in the order of time. */
export function rowsOf(parts: Parts): Row[] {
  const { job, attempts } = parts;
  const begin = beginOf(job, attempts);
  const rows: Row[] = [
    {
      id: "job",
      kind: "job",
      label: job.task,
      depth: 0,
      state: job.state,
      from: msOrNull(attempts[0]?.started_at) ?? begin,
      to: endOf(job, attempts),
      queuedFrom: begin,
    },
    ...storedRows(parts, begin),
  ];
  const within = [...stepRows(parts), ...waitRows(parts), ...looseCalls(parts)].sort(
    (one, other) => one.from - other.from,
  );
  attempts.forEach((attempt, place) => {
    const from = ms(attempt.started_at);
    const next = attempts[place + 1];
    const upTo = next ? ms(next.started_at) : Infinity;
    const first = place === 0 ? -Infinity : from;
    rows.push({
      id: `run:${String(attempt.run)}`,
      kind: "run",
      label: `Run ${String(attempt.run)}`,
      depth: 1,
      state: attempt.outcome,
      from,
      to: msOrNull(attempt.ended_at),
      queuedFrom: place === 0 ? begin : queuedSince(parts, place),
    });
    for (const row of within) if (row.from >= first && row.from < upTo) rows.push(row, ...rowsUnder(row, parts));
  });
  return rows;
}

/** The job's queue time begins when it may run: a job of tomorrow does not wait for its turn today. */
function beginOf(job: Job, attempts: readonly Attempt[]): number {
  const created = ms(job.created_at);
  const first = msOrNull(attempts[0]?.started_at);
  const runAt = msOrNull(job.run_at);
  return first !== null && runAt !== null && runAt > created && runAt <= first ? runAt : created;
}

/** When the job's bar ends: a job that was never begun has none of its own. */
function endOf(job: Job, attempts: readonly Attempt[]): number | null {
  if (attempts.length === 0) return msOrNull(job.finished_at) ?? ms(job.created_at);
  return msOrNull(job.finished_at);
}

/** Since when a later run waited for its turn: since the one before had ended, and what it parked for was there. */
function queuedSince({ attempts, waits }: Parts, place: number): number | null {
  const before = msOrNull(attempts[place - 1]?.ended_at);
  const start = ms(attempts[place]?.started_at ?? "");
  if (before === null) return null;
  const settled = waits.map((wait) => msOrNull(wait.settled_at) ?? 0).filter((at) => at <= start && at > before);
  return Math.max(before, ...settled);
}

function storedRows({ steps }: Parts, begin: number): Row[] {
  return steps
    .filter(({ run }) => run === 0)
    .map(({ name }) => ({
      id: `step:${name}`,
      kind: "stored",
      label: name,
      depth: 1,
      state: "stored",
      from: begin,
      to: begin,
      queuedFrom: null,
    }));
}

/** Finished steps: from the list, and from the events that came since it was loaded. */
function stepRows({ steps, waits, events }: Parts): Row[] {
  const waited = new Set(waits.map(({ name }) => name));
  const listed = new Set(steps.map(({ name }) => name));
  const told = events.flatMap(({ type, at, data }) => {
    const name = type === "step" && typeof data.name === "string" ? data.name : null;
    return name === null || listed.has(name) ? [] : [{ name, from: at - Number(data.took_ms), to: at }];
  });
  return [
    ...steps
      .filter(({ run }) => run > 0)
      .map(({ name, started_at, finished_at }) => ({ name, from: ms(started_at), to: ms(finished_at) })),
    ...told,
  ]
    .filter(({ name }) => !waited.has(name))
    .map(({ name, from, to }) => ({
      id: `step:${name}`,
      kind: "step",
      label: name,
      depth: 2,
      state: "done",
      from,
      to,
      queuedFrom: null,
    }));
}

function waitRows({ waits, job }: Parts): Row[] {
  return waits.map(({ id, name, kind, state, opened_at, settled_at }) => ({
    id: `wait:${id}`,
    kind: kind === "children" ? "call" : "wait",
    label: name,
    depth: 2,
    state,
    from: ms(opened_at),
    to: msOrNull(settled_at) ?? msOrNull(job.finished_at),
    queuedFrom: null,
  }));
}

/** Calls of models whose step is not finished, or was finished by another run: they stand for themselves. */
function looseCalls({ steps, calls }: Parts): Row[] {
  const finished = new Set(steps.map(({ name, run }) => `${String(run)} ${name}`));
  return calls.filter(({ run, step }) => !finished.has(`${String(run)} ${step}`)).map((call) => callRow(call, 2));
}

function callRow(call: Call, depth: number): Row {
  return {
    id: `ai:${call.id}`,
    kind: "ai",
    label: call.model,
    depth,
    state: call.state,
    from: ms(call.started_at),
    to: msOrNull(call.finished_at),
    queuedFrom: null,
  };
}

function rowsUnder(row: Row, { job, steps, calls, children }: Parts): Row[] {
  if (row.kind === "step") {
    const run = steps.find(({ name }) => name === row.label)?.run;
    return calls.filter((call) => call.step === row.label && call.run === run).map((call) => callRow(call, 3));
  }
  if (row.kind !== "call") return [];
  return children
    .filter(({ step }) => step === row.label)
    .map((child) => {
      const created = msOrNull(child.created_at) ?? row.from;
      const started = msOrNull(child.started_at);
      const finished = msOrNull(child.finished_at);
      return {
        id: `child:${child.id}`,
        kind: "child",
        label: `${shortOf(child.task, job.task)} ${String(child.place + 1)}`,
        depth: 3,
        state: child.state ?? "deleted",
        from: started ?? finished ?? created,
        to: started === null ? (finished ?? created) : finished,
        queuedFrom: created,
      };
    });
}

/** A task by its own name, where its app is that of the job. */
function shortOf(task: string | null, parent: string): string {
  if (task === null) return "deleted";
  const app = parent.slice(0, parent.indexOf(".") + 1);
  return task.startsWith(app) ? task.slice(app.length) : task;
}

/** From the first moment of the rows to the last one; what lasts, lasts until `now`. */
export function spanOf(rows: readonly Row[], now: number): [number, number] {
  const from = Math.min(...rows.map((row) => row.queuedFrom ?? row.from));
  const isOpen = rows.some(({ to }) => to === null);
  const to = Math.max(...rows.map((row) => row.to ?? now), isOpen ? now : -Infinity);
  return [from, Math.max(to, from + 1)];
}
