// Coming in: set-up, sign-in, registering, and a new password by a link. The address says which of them.

import { call } from "./screen/server.js";

const part = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const token = location.hash.slice(1);

const FORMS = {
  "/setup": {
    title: "Set up",
    about: "The server showed a set-up code when it started. It makes you the first administrator.",
    fields: ["setup", "name", "email", "password"],
    button: "Make the account",
    send: (given) => call("POST", "/api/v1/auth/setup", { body: { ...account(given), code: given.setup } }),
  },
  "/login": {
    title: "Sign in",
    fields: ["email", "password"],
    button: "Sign in",
    send: ({ email, password, code }) =>
      call("POST", "/api/v1/auth/login", { body: { email, password, ...(code && { code }) } }),
  },
  "/register": {
    title: "Register",
    fields: ["name", "email", "password"],
    button: "Make the account",
    send: (given) =>
      call("POST", "/api/v1/auth/register", { body: { ...account(given), ...(token && { invitation: token }) } }),
  },
  "/reset": {
    title: "Set a password",
    fields: ["password"],
    button: "Set the password",
    send: ({ password }) => call("POST", "/api/v1/auth/reset", { body: { token, password } }),
    goal: "/login",
  },
};

const form = FORMS[location.pathname] ?? FORMS["/login"];

function account({ name, email, password }) {
  return { name, email, password };
}

/** Where to go on: a page of ours, never an address of another site. */
function goal() {
  const next = asked.get("next") ?? "/";
  const url = new URL(next, location.origin);
  return form.goal ?? (url.origin === location.origin ? url.pathname + url.search + url.hash : "/");
}

function tell(text) {
  part("wrong").textContent = text;
  part("wrong").hidden = !text;
}

function show() {
  document.title = `${form.title} · Headrace`;
  part("title").textContent = form.title;
  part("send").textContent = form.button;
  part("about").textContent = form.about ?? "";
  part("about").hidden = !form.about;
  for (const name of ["setup", "name", "email", "password"]) {
    part(`${name}-field`).hidden = !form.fields.includes(name);
  }
  part("password").autocomplete = form === FORMS["/login"] ? "current-password" : "new-password";
  tell(asked.get("problem") ?? "");
  part(form.fields[0]).focus();
}

async function showChoices() {
  const options = await call("GET", "/api/v1/auth/options");
  if (options.needs_setup && form === FORMS["/login"]) return void location.replace("/setup");
  if (!options.needs_setup && form === FORMS["/setup"]) return void location.replace("/login");
  if (form !== FORMS["/login"]) return;
  part("elsewhere").hidden = !options.openid;
  part("openid").textContent = `Sign in with ${options.openid}`;
  part("openid").href = `/api/v1/auth/oidc?next=${encodeURIComponent(goal())}`;
  part("other").hidden = options.registration !== "open";
  part("other-link").textContent = "Make an account";
  part("other-link").href = "/register";
}

part("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  tell("");
  part("send").disabled = true;
  try {
    await form.send(Object.fromEntries(new FormData(part("form"))));
    location.assign(goal());
  } catch (problem) {
    const needsCode = problem.code === "second_factor_needed";
    const isFirst = needsCode && part("code-field").hidden;
    if (needsCode) part("code-field").hidden = false;
    tell(isFirst ? "" : problem.message);
    part("send").disabled = false;
    if (needsCode) part("code").focus();
  }
});

show();
showChoices().catch((problem) => tell(problem.message));
