// How states, times and receipts read.

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const FINAL = new Set(["completed", "failed", "cancelled"]);
const STOPPED = {
  before_start: "It was not running.",
  unwound: "Its worker stopped it",
  by_itself: "It ended by itself",
  killed: "Its process was killed",
  thread_abandoned: "Its thread could not be stopped and is left to end",
};

export const isFinal = (state) => FINAL.has(state);

/** "5 min. ago" for an ISO time. */
export function ago(iso, now = Date.now()) {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? RELATIVE.format(Math.trunc(seconds / unit[1]), unit[0]) : "just now";
}

/** "820 ms", "12.3 s", "4 min 5 s". */
export function took(milliseconds) {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

/** What became of a cancel request. */
export function receipt({ reason, stopped, took_ms: ms }) {
  const who = reason && reason !== "user" ? ` (${reason})` : "";
  if (stopped === undefined) return `Cancel requested${who}; its worker is stopping it.`;
  if (stopped === "too_late") return "The cancel request came too late: the job was already done.";
  if (stopped === "before_start") return `Cancelled${who}. ${STOPPED.before_start}`;
  return `Cancelled${who}. ${STOPPED[stopped] ?? `It was stopped (${stopped})`} ${took(ms)} after the request.`;
}

/** When a job will start. */
export const starts = (iso) => `Starts ${new Date(iso).toLocaleTimeString()}`;

/** Which run it is, when there were several. */
export function runs({ state, run }) {
  if (run < 2) return "";
  return isFinal(state) ? `in ${run} runs` : `run ${run}: it goes on from its finished steps`;
}

/** Makes an element: `make("p", { class: "note" }, "text", child)`. Texts stay texts, never HTML. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export const badge = (state) => make("span", { class: `badge ${state}` }, state);
