// The second factor: an authenticator app is set up, confirmed by a first code, and can be turned off.

import { onSubmit, presence } from "./form.js";
import { call } from "./server.js";

const PATH = "/api/v1/auth/second-factor";
const form = document.getElementById("factor");
const confirmation = document.getElementById("confirm-factor");
const recovery = document.getElementById("recovery");

const ACTS = {
  async begin(body) {
    const made = await call("POST", PATH, { body });
    document.getElementById("qr").src = made.qr_code;
    document.getElementById("seed").textContent = made.seed;
    form.hidden = true;
    confirmation.hidden = false;
    document.getElementById("factor-code").focus();
  },
  async renew(body) {
    reveal(await call("POST", `${PATH}/recovery-codes`, { body }));
    await load();
  },
  async remove(body) {
    await call("PUT", `${PATH}/removal`, { body });
    recovery.hidden = true;
    await load();
  },
};

/** Shows whether it is on, and what can be done. */
export async function showFactor() {
  onSubmit(form, (fields, submitter) => ACTS[submitter?.value ?? usual()](presence(fields)));
  onSubmit(confirmation, async ({ code }) => {
    reveal(await call("PUT", `${PATH}/confirmation`, { body: { code } }));
    confirmation.hidden = true;
    await load();
  });
  await load();
}

async function load() {
  const { is_on: isOn, recovery_codes: left } = await call("GET", PATH);
  document.getElementById("factor-state").textContent = isOn
    ? `On: signing in takes a code of your app. ${left} recovery codes are left.`
    : "Off: the password alone signs you in.";
  for (const button of form.querySelectorAll("button")) button.hidden = (button.value === "begin") === isOn;
  form.hidden = false;
}

const usual = () => [...form.querySelectorAll("button")].find((button) => !button.hidden).value;

function reveal({ recovery_codes: codes }) {
  recovery.hidden = false;
  recovery.querySelector("pre").textContent = codes.join("\n");
}
