// What there is to run. With the articles app that is its form; for other apps it is their tasks, each with a curl line.

import { call, onLink } from "./server.js";
import { make } from "./words.js";

const ARTICLE = "articles.write_article";
const EXAMPLES = { string: "text", integer: 1, number: 1.5, boolean: true, array: [], object: {}, null: null };

let isKnown = false;

/** Looks which tasks are served, as soon as the server can be asked. */
export async function showTasks() {
  onLink(({ cameBack }) => {
    if (cameBack && !isKnown) load();
  });
  await load();
}

async function load() {
  const tasks = await call("GET", "/api/v1/tasks").catch(() => null);
  if (!tasks) return;
  isKnown = true;
  if (tasks.some(({ name }) => name === ARTICLE)) return;
  document.getElementById("write").hidden = true;
  document.getElementById("reader").hidden = true;
  document.getElementById("tasks-list").replaceChildren(...tasks.map(row));
  document.getElementById("tasks").hidden = false;
}

function row({ name, description, input_schema: schema, links }) {
  const about = make("p", { class: "soft" }, description.split("\n", 1)[0]);
  const line = make(
    "pre",
    { tabindex: "0", "aria-label": `Run ${name} with curl` },
    make("code", {}, curl(links.jobs, schema)),
  );
  return make(
    "li",
    {},
    make("h2", { class: "task" }, name),
    about,
    make("details", {}, make("summary", {}, "As curl"), line),
  );
}

function curl(path, schema) {
  const body = JSON.stringify(schema ? { input: example(schema, schema) } : {}).replaceAll("'", "'\\''");
  return `curl ${location.origin}${path} \\\n  -H "Authorization: Bearer $HEADRACE_API_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}

function example(schema, root) {
  const found = schema.$ref ? (root.$defs?.[schema.$ref.split("/").at(-1)] ?? {}) : schema;
  if (found.examples?.length) return found.examples[0];
  if ("default" in found) return found.default;
  if ("const" in found) return found.const;
  if (found.enum) return found.enum[0];
  if (found.type !== "object") return EXAMPLES[found.type] ?? null;
  const required = (found.required ?? []).map((key) => [key, example(found.properties[key], root)]);
  return Object.fromEntries(required);
}
