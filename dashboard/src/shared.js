// A job that somebody shared: the address says which, and behind its # is the token that shows it.

import { badge, isFinal } from "./screen/words.js";

const PAUSE_MS = 2_000;
const RETRY_MS = 10_000;

const part = (id) => document.getElementById(id);
const path = `/api/v1/jobs/${encodeURIComponent(new URLSearchParams(location.search).get("job") ?? "")}`;
const headers = { Accept: "application/json", Authorization: `Bearer ${location.hash.slice(1)}` };

function show(job) {
  part("title").textContent = job.task;
  part("badge").replaceChildren(badge(job.state));
  part("task").textContent = job.id;
  part("bar").hidden = isFinal(job.state) || typeof job.progress?.fraction !== "number";
  part("bar").value = job.progress?.fraction ?? 0;
  part("note").textContent = isFinal(job.state) ? "" : (job.progress?.note ?? "");
  part("message").hidden = !job.error;
  part("message").textContent = job.error?.message ?? "";
  part("result-box").hidden = job.result === null;
  part("result").textContent = JSON.stringify(job.result, null, 2);
}

function refuse() {
  part("title").textContent = "Nothing to see";
  part("note").textContent = "The link has ended or was withdrawn. Ask for a new one.";
}

async function look() {
  let answer;
  try {
    answer = await fetch(path, { headers, cache: "no-store", credentials: "omit" });
  } catch {
    answer = null;
  }
  if (answer && [401, 403, 404, 422].includes(answer.status)) return void refuse();
  if (!answer?.ok) {
    part("note").textContent = "The server can't be reached; trying again.";
    return void setTimeout(look, RETRY_MS);
  }
  const job = await answer.json();
  show(job);
  if (!isFinal(job.state)) setTimeout(look, PAUSE_MS);
}

look();
