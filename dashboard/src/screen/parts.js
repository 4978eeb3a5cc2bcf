// The elements that a job is shown in.

import { make } from "./words.js";

/** Makes them; `all` are those that stand in the page, in their order. */
export function jobParts() {
  const parts = {
    title: make("h2", { tabindex: "-1", dir: "auto" }, "Loading…"),
    badge: make("span", { class: "plain" }),
    task: make("span", { class: "task" }),
    parent: make("a", { hidden: true }, "part of another job"),
    run: make("span", { class: "soft", "data-role": "run" }),
    offline: make(
      "span",
      { class: "badge offline", title: "No AI model is set up: the text is a placeholder", hidden: true },
      "offline",
    ),
    bar: make("progress", { max: 1, value: 0, "aria-label": "Progress", hidden: true }),
    count: make("span", { class: "count" }),
    note: make("p", { class: "soft", role: "status", "data-role": "note" }),
    message: make("p", { class: "message", role: "status", hidden: true }),
    cancel: make("button", { class: "quiet", hidden: true }, "Cancel"),
    retry: make("button", { class: "quiet", hidden: true }, "Retry"),
    read: make("a", { class: "button primary", hidden: true }, "Read the article"),
    text: make("div", { class: "text", tabindex: "0", role: "region", "aria-label": "Text" }),
    result: make("pre", { tabindex: "0", "aria-label": "Result" }),
    steps: make("ol", { class: "steps" }),
  };
  parts.status = make("div", { class: "status" }, parts.note, parts.count);
  parts.resultBox = make("div", { hidden: true }, make("h3", {}, "Result"), parts.result);
  parts.stepsBox = make(
    "details",
    { class: "steps-box", hidden: true },
    make("summary", {}, "Finished steps"),
    parts.steps,
  );
  const facts = make("p", { class: "facts" }, parts.badge, parts.offline, parts.task, parts.parent, parts.run);
  const actions = make("div", { class: "row" }, parts.read, parts.cancel, parts.retry);
  parts.all = [
    parts.title,
    facts,
    parts.bar,
    parts.status,
    parts.message,
    actions,
    parts.text,
    parts.resultBox,
    parts.stepsBox,
  ];
  return parts;
}
