// Who is signed in, in the header of each page, and the way out.

import { call } from "./server.js";

/** Shows the account and the way out; returns who asks. */
export async function showMenu() {
  const me = await call("GET", "/api/v1/auth/me");
  const isPerson = me.kind === "user";
  const link = document.getElementById("me");
  const out = document.getElementById("log-out");
  link.textContent = me.name || me.email || me.kind;
  link.title = `${me.email ?? me.kind}, ${me.role}`;
  link.hidden = out.hidden = !isPerson;
  out.addEventListener("click", async () => {
    await call("POST", "/api/v1/auth/logout").catch(() => null);
    location.assign("/login");
  });
  return me;
}
