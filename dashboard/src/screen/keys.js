// One's API keys: made, shown once, exchanged and withdrawn.

import { attempt, onSubmit } from "./form.js";
import { call } from "./server.js";
import { ago, make } from "./words.js";

const PATH = "/api/v1/auth/keys";
const list = document.getElementById("keys");
const form = document.getElementById("make-key");
const fresh = document.getElementById("new-key");
const part = list.parentElement;

/** Shows them, and the form for another one with the scopes that `permissions` allow. */
export async function showKeys(permissions) {
  const boxes = permissions.map((name) =>
    make("label", {}, make("input", { type: "checkbox", name: "scopes", value: name }), ` ${name}`),
  );
  document.getElementById("scopes").append(...boxes);
  onSubmit(form, async ({ name, days }) => {
    const scopes = new FormData(form).getAll("scopes");
    reveal(await call("POST", PATH, { body: { name, scopes, ...(days && { days: Number(days) }) } }));
    await load();
  });
  await attempt(part, load);
}

async function load() {
  const keys = await call("GET", PATH);
  list.replaceChildren(...keys.map(line));
  list.ariaBusy = "false";
}

function line(key) {
  const used = key.last_used_at ? `used ${ago(key.last_used_at)}` : "never used";
  const ends = key.expires_at ? `until ${new Date(key.expires_at).toLocaleDateString()}` : null;
  const facts = [`…${key.last4}`, key.scopes.join(", "), used, ends].filter(Boolean).join(" · ");
  const rotate = make("button", { class: "quiet", "aria-label": `Exchange ${key.name}` }, "Exchange");
  const withdraw = make("button", { class: "quiet", "aria-label": `Withdraw ${key.name}` }, "Withdraw");
  rotate.addEventListener("click", () =>
    attempt(part, async () => {
      reveal(await call("POST", `${PATH}/${key.id}/rotation`, { body: {} }));
      await load();
    }),
  );
  withdraw.addEventListener("click", () =>
    attempt(part, async () => {
      await call("DELETE", `${PATH}/${key.id}`);
      fresh.hidden = true;
      await load();
    }),
  );
  const text = make("span", {}, make("b", {}, key.name), " ", make("span", { class: "soft" }, facts));
  return make("li", {}, text, make("span", { class: "row" }, rotate, withdraw));
}

function reveal({ key }) {
  fresh.hidden = false;
  fresh.querySelector("pre").textContent = key;
}
