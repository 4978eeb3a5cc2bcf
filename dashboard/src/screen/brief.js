// The form that has an article written; what is typed stays until the server has accepted it.

import { call, canReach, onLink } from "./server.js";

const form = document.getElementById("brief");
const button = document.getElementById("submit");
const error = document.getElementById("brief-error");
const topicError = document.getElementById("topic-error");
const curl = document.getElementById("curl");
const PATH = "/api/v1/articles/generations";

// The same brief sent again, after an answer that was lost, is the same request: it must not make a second article.
let sent = { text: "", key: "" };
let isSending = false;

/** Starts the form; `choose(id)` shows the job that was accepted. */
export function showForm(choose) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isSending) send(choose);
  });
  form.topic.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("input", () => {
    showWrong(topicError, "", form.topic);
    showWrong(error, "");
    showCurl();
  });
  onLink(enable);
  showCurl();
  showModel();
}

/** Says before anything is written that no model will be asked, and whether this is production. */
async function showModel() {
  try {
    const { ai_model: model, environment } = await call("GET", "/health");
    const badge = document.getElementById("environment");
    badge.hidden = environment === "development";
    badge.textContent = environment;
    badge.dataset.name = environment;
    document.getElementById("offline").hidden = !model.startsWith("offline:");
  } catch {
    // the banner tells that the server is away
  }
}

async function send(choose) {
  const brief = read();
  if (!brief.topic) return showWrong(topicError, "Write what the article is to be about.", form.topic);
  showWrong(error, "");
  isSending = true;
  enable();
  try {
    const { job_id: id } = await call("POST", PATH, { body: brief, headers: { "Idempotency-Key": keyOf(brief) } });
    sent = { text: "", key: "" };
    form.topic.value = "";
    showCurl();
    choose(id);
  } catch (problem) {
    const isTopic = problem.pointer?.endsWith("/topic");
    showWrong(isTopic ? topicError : error, problem.message, isTopic ? form.topic : undefined);
  } finally {
    isSending = false;
    enable();
  }
}

function read() {
  const brief = {
    topic: form.topic.value.trim(),
    sections: Number(form.sections.value) || 4,
    publish: form.publish.checked,
  };
  for (const name of ["audience", "tone", "language"]) {
    const value = form[name].value.trim();
    if (value) brief[name] = value;
  }
  return brief;
}

function keyOf(brief) {
  const text = JSON.stringify(brief);
  if (sent.text !== text) sent = { text, key: Array.from(crypto.getRandomValues(new Uint32Array(4)), hex).join("") };
  return sent.key;
}

const hex = (number) => number.toString(16).padStart(8, "0");

function enable() {
  button.disabled = isSending || !canReach();
  button.textContent = isSending ? "Sending…" : "Write article";
}

function showWrong(place, words, field) {
  place.textContent = words;
  place.hidden = !words;
  if (!field) return;
  if (words) {
    field.setAttribute("aria-invalid", "true");
    field.focus();
  } else {
    field.removeAttribute("aria-invalid");
  }
}

function showCurl() {
  const brief = { ...read(), topic: form.topic.value.trim() || "How mills used water" };
  const json = JSON.stringify(brief).replaceAll("'", "'\\''");
  curl.textContent = `curl ${location.origin}/api/articles/generations \\\n  -H "Authorization: Bearer $HEADRACE_API_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d '${json}'`;
}
