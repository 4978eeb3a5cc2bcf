// One job: its state, its progress, its text while it is written, its end.

import { Family } from "./family.js";
import { jobParts } from "./parts.js";
import { call } from "./server.js";
import { watch } from "./stream.js";
import { badge, isFinal, make, receipt, runs, starts, took } from "./words.js";
import { Writing } from "./writing.js";

/** Shows a job in `place` until the returned function is called; `choose(id)` shows another one. */
export function showJob(place, id, choose) {
  const view = new JobView(place, id, choose);
  return () => view.close();
}

class JobView {
  constructor(place, id, choose) {
    this.id = id;
    this.choose = choose;
    this.path = `/api/v1/jobs/${id}`;
    this.isOpen = true;
    this.parts = jobParts();
    this.writing = new Writing(this.parts.text);
    this.family = new Family(this.parts, this.writing);
    place.replaceChildren(...this.parts.all);
    this.parts.cancel.addEventListener("click", () => this.act(this.parts.cancel, () => this.cancel()));
    this.parts.retry.addEventListener("click", () => this.act(this.parts.retry, () => this.retry()));
    this.load();
  }

  close() {
    this.isOpen = false;
    this.unwatch?.();
  }

  async load() {
    let job;
    try {
      job = await call("GET", this.path);
    } catch (problem) {
      if (!this.isOpen) return;
      const again = make("button", { class: "quiet" }, "Try again");
      again.addEventListener("click", () => this.load());
      const isMissing = problem.status === 404 || problem.status === 422;
      this.parts.title.textContent = isMissing ? "No such job" : "Job";
      this.say("wrong", isMissing ? "It may have been removed." : problem.message, again);
      return;
    }
    if (!this.isOpen) return;
    this.say("");
    this.parts.title.textContent = job.input?.topic ?? job.task;
    this.parts.task.textContent = job.input?.topic ? job.task : "";
    this.parts.parent.hidden = !job.parent_id;
    this.parts.parent.href = `?job=${job.parent_id}`;
    this.parts.parent.dataset.job = job.parent_id;
    this.writing.follows = !isFinal(job.state);
    this.show(job);
    if (isFinal(job.state)) this.finish(job);
    const handlers = {
      state: (state) => this.show(state),
      end: (state) => this.end(state),
      reset: () => this.restart(),
      progress: ({ data }) => this.progress(data),
      log: ({ data }) => this.log(data),
      step: ({ data }) => this.step(data),
      text: ({ data }) => this.writing.add(data.step, data.text),
      text_reset: ({ data }) => this.writing.reset(data.step),
      wait: ({ data }) => this.wait(data),
      child: (message) => this.child(message),
    };
    this.unwatch = watch(`${this.path}/events?children=true`, handlers, () => this.refresh());
  }

  /** Without a stream the state is still asked for. */
  async refresh() {
    const job = await call("GET", this.path).catch(() => null);
    if (!job || !this.isOpen) return;
    if (isFinal(job.state)) this.finish(job);
    else this.show(job);
  }

  restart() {
    this.unwatch();
    this.parts.steps.replaceChildren();
    this.hasWaited = false;
    this.family.clear();
    this.load();
  }

  show(job) {
    this.state = job.state;
    const { parts } = this;
    parts.badge.replaceChildren(badge(job.state));
    parts.cancel.hidden = isFinal(job.state);
    parts.cancel.disabled = Boolean(job.cancellation);
    parts.retry.hidden = !["failed", "cancelled"].includes(job.state);
    parts.run.textContent = this.hasWaited ? "" : runs(job);
    parts.bar.hidden = isFinal(job.state);
    if (job.progress) this.progress(job.progress);
    if (job.state === "queued" && !this.hasWaited) parts.note.textContent = "Waiting for a worker";
    if (job.state === "scheduled" && job.run_at) parts.note.textContent = starts(job.run_at);
    if (job.cancellation) this.say("", receipt(job.cancellation));
    else if (job.state === "scheduled" && job.error) this.say("", `Will be tried again after: ${job.error.message}`);
  }

  progress({ fraction, note }) {
    if (this.state && isFinal(this.state)) return void this.writing.announce(note ?? "");
    this.family.progress(fraction);
    if (note) this.parts.note.textContent = note;
    this.writing.announce(note ?? "");
  }

  step({ name, run, took_ms: ms }) {
    const runs = run > 1 ? make("span", { class: "soft" }, `run ${run}`) : null;
    const parts = [make("span", {}, name), runs, make("span", {}, took(ms))];
    this.parts.steps.append(make("li", { "data-step": name, "data-run": run }, ...parts));
    this.parts.stepsBox.hidden = false;
    if (!this.offlineIsKnown) this.findOffline(this.id);
  }

  /** A wait is no interruption: the run that follows it is not worth a word. */
  wait({ name, kind, state, children }) {
    this.hasWaited = true;
    this.parts.run.textContent = "";
    if (kind !== "children") return;
    if (state === "open") this.family.call({ name, children });
    else this.family.answered();
  }

  child(message) {
    this.family.take(message);
    if (message.event === "step" && !this.offlineIsKnown) this.findOffline(message.job);
  }

  log({ level, message }) {
    this.parts.steps.append(make("li", { class: `log ${level}` }, message));
    this.parts.stepsBox.hidden = false;
  }

  async end(state) {
    this.unwatch();
    this.show(state);
    try {
      const job = await call("GET", this.path);
      if (this.isOpen) this.finish(job);
    } catch (problem) {
      if (this.isOpen) this.say("wrong", problem.message);
    }
  }

  finish(job) {
    this.show(job);
    const whole = took(Date.parse(job.finished_at) - Date.parse(job.created_at));
    this.family.say("");
    this.parts.note.textContent = `${job.state[0].toUpperCase()}${job.state.slice(1)}, ${whole} after it was submitted`;
    if (job.state === "failed") this.say("wrong", job.error?.message ?? "It failed without a message.");
    const address = job.result?.address;
    this.parts.read.hidden = !(typeof address === "string" && address.startsWith("/read/"));
    if (!this.parts.read.hidden) this.parts.read.href = address;
    this.parts.resultBox.hidden = !this.parts.read.hidden || job.result === null;
    this.parts.result.textContent = JSON.stringify(job.result, null, 2);
    if (job.state === "completed" && job.result?.state === "draft")
      this.say("", "Kept as a draft; it is not on the reader's pages.");
  }

  async findOffline(job) {
    this.offlineIsKnown = true;
    const steps = await call("GET", `/api/v1/jobs/${job}/steps`).catch(() => []);
    const said = steps.map((step) => step.result?.offline).filter((offline) => typeof offline === "boolean");
    this.offlineIsKnown = said.length > 0;
    if (said.includes(true)) this.parts.offline.hidden = false;
  }

  async cancel() {
    const { state } = await call("PUT", `${this.path}/cancellation`);
    if (!isFinal(state)) this.say("", receipt({}));
  }

  async retry() {
    const { id } = await call("POST", `${this.path}/retry`);
    this.choose(id);
  }

  async act(button, deed) {
    button.disabled = true;
    try {
      await deed();
    } catch (problem) {
      this.say("wrong", problem.message);
      button.disabled = false;
    }
  }

  say(kind, ...words) {
    const { message } = this.parts;
    message.className = `message ${kind}`;
    message.replaceChildren(...words);
    message.hidden = words.length === 0 || words[0] === "";
  }
}
