// One's sessions: where one is signed in, and an end to any of them.

import { attempt } from "./form.js";
import { call } from "./server.js";
import { ago, make } from "./words.js";

const PATH = "/api/v1/auth/sessions";
const list = document.getElementById("sessions");
const others = document.getElementById("end-others");
const part = list.parentElement;

others.addEventListener("click", () => end(PATH));

/** Shows them. */
export const showSessions = () => attempt(part, load);

async function load() {
  const sessions = await call("GET", PATH);
  list.replaceChildren(...sessions.map(line));
  list.ariaBusy = "false";
  others.hidden = sessions.length < 2;
}

function line(session) {
  const what = session.kind === "token" ? "A program" : program(session.agent);
  const where = [session.address, session.is_current ? "this one" : `used ${ago(session.last_used_at)}`];
  const text = make(
    "span",
    {},
    make("b", {}, what),
    " ",
    make("span", { class: "soft" }, where.filter(Boolean).join(" · ")),
  );
  const button = make("button", { class: "quiet", "aria-label": `End the session of ${what}` }, "End");
  button.addEventListener("click", () => end(`${PATH}/${session.id}`));
  return make("li", {}, text, session.is_current ? null : button);
}

function end(path) {
  return attempt(part, async () => {
    await call("DELETE", path);
    await load();
  });
}

/** "Firefox" of what a browser says of itself. */
function program(agent) {
  const known = ["Edg", "OPR", "Firefox", "Chrome", "Safari", "curl"].find((name) => agent?.includes(name));
  return { Edg: "Edge", OPR: "Opera" }[known] ?? known ?? (agent ? agent.slice(0, 40) : "Unknown");
}
