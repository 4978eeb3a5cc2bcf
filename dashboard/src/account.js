// One's own account: sessions, keys, password, address, second factor, sign-in elsewhere, and its end.

import { showFactor } from "./screen/factor.js";
import { attempt, onSubmit, presence } from "./screen/form.js";
import { showKeys } from "./screen/keys.js";
import { showMenu } from "./screen/menu.js";
import { call } from "./screen/server.js";
import { showSessions } from "./screen/sessions.js";

const part = (id) => document.getElementById(id);

onSubmit(part("change-password"), async (fields) => {
  await call("PUT", "/api/v1/auth/password", { body: { ...presence(fields), password: fields.password } });
  await showSessions();
});
onSubmit(part("change-email"), async (fields) => {
  await call("PUT", "/api/v1/auth/email", { body: { ...presence(fields), email: fields.email } });
  tellWho(await call("GET", "/api/v1/auth/me"));
});
onSubmit(part("delete"), async (fields) => {
  await call("POST", "/api/v1/auth/deletion", { body: presence(fields) });
  location.assign("/login");
});

function tellWho({ name, email, role }) {
  part("who").textContent = [name, email, role].filter(Boolean).join(" · ");
}

async function showElsewhere() {
  const { openid } = await call("GET", "/api/v1/auth/options");
  const card = part("elsewhere");
  card.hidden = !openid;
  if (!openid) return;
  part("elsewhere-title").textContent = `Sign in with ${openid}`;
  const { is_connected: isConnected } = await call("GET", "/api/v1/auth/oidc/connection");
  card.querySelector(".note").textContent = isConnected ? "Connected." : "Not connected.";
  card.querySelector("a").hidden = isConnected;
  card.querySelector("button").hidden = !isConnected;
}

part("elsewhere")
  .querySelector("button")
  .addEventListener("click", () =>
    attempt(part("elsewhere"), async () => {
      await call("DELETE", "/api/v1/auth/oidc/connection");
      await showElsewhere();
    }),
  );

async function show() {
  const me = await showMenu();
  if (me.kind !== "user") {
    part("who").textContent = "Nobody is signed in here by name: this is the trusted network or a key.";
    for (const card of document.querySelectorAll("#account > .card:not(:first-child)")) card.hidden = true;
    return;
  }
  tellWho(me);
  part("change-password").username.value = me.email;
  await Promise.all([showSessions(), showKeys(me.permissions), showFactor(), showElsewhere()]);
}

show().catch((problem) => (part("who").textContent = problem.message));
