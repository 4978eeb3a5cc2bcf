// The list of jobs: newest first, loaded again whenever the server says that something changed.

import { call, onLink } from "./server.js";
import { watch } from "./stream.js";
import { ago, badge, isFinal, make } from "./words.js";

const PAGE = 12;
const MOST = 200;

const list = document.getElementById("jobs-list");
const note = document.getElementById("jobs-note");
const more = document.getElementById("jobs-more");
const live = document.getElementById("live");

let wanted = PAGE;
let chosen = null;
let isLoading = false;
let isStale = false;

/** Shows the list and keeps it fresh. */
export function showList() {
  watch("/api/v1/jobs/stream", { changed: load });
  more.addEventListener("click", () => {
    wanted = Math.min(wanted + PAGE, MOST);
    load();
  });
  onLink(({ isReachable, cameBack }) => {
    live.hidden = !isReachable;
    if (cameBack) load();
  });
  setInterval(refreshTimes, 15_000);
  load();
}

/** Marks the job that is shown beside the list. */
export function markChosen(id) {
  chosen = id;
  for (const link of list.querySelectorAll("a")) {
    if (link.dataset.job === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function load() {
  if (isLoading) {
    isStale = true;
    return;
  }
  isLoading = true;
  isStale = false;
  try {
    show(await call("GET", `/api/v1/jobs?children=false&limit=${wanted}`));
  } catch (problem) {
    fail(problem);
  } finally {
    isLoading = false;
  }
  if (isStale) load();
}

function show({ items, next_cursor: next }) {
  live.hidden = false;
  list.setAttribute("aria-busy", "false");
  note.hidden = items.length > 0;
  note.textContent = "No jobs yet. Start one, and it appears here.";
  more.hidden = !next || wanted >= MOST;
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.job : null;
  list.replaceChildren(...items.map(row));
  markChosen(chosen);
  if (focused) list.querySelector(`[data-job="${focused}"]`)?.focus();
}

function fail(problem) {
  if (problem.code === "unreachable" && list.children.length > 0) return;
  note.hidden = false;
  const again = make("button", { class: "quiet" }, "Try again");
  again.addEventListener("click", load);
  note.replaceChildren(problem.message, " ", again);
}

function row(job) {
  const says = job.state === "failed" ? job.error?.message : job.progress?.note;
  const time = make("time", { datetime: job.created_at, title: new Date(job.created_at).toLocaleString() });
  time.textContent = ago(job.created_at);
  const bar = !isFinal(job.state) && job.progress ? make("progress", { max: 1, value: job.progress.fraction }) : null;
  bar?.setAttribute("aria-label", `Progress of ${job.task}`);
  const top = make("span", { class: "line" }, make("span", { class: "task" }, job.task), badge(job.state));
  const bottom = make("span", { class: "line soft" }, make("span", { class: "says" }, says ?? ""), time);
  const link = make("a", { href: `?job=${job.id}`, "data-job": job.id }, top, bottom, bar);
  return make("li", {}, link);
}

function refreshTimes() {
  for (const time of list.querySelectorAll("time")) time.textContent = ago(time.dateTime);
}
