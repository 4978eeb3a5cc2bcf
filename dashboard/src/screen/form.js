// Forms that ask the server for something: one request at a time, and what is wrong is said beside the form.

/** Calls `send(fields, submitter)` at each submission; what it throws is shown, and the fields are emptied if all went well. */
export function onSubmit(form, send) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    const done = form.querySelector("[role=status]");
    if (done) done.hidden = true;
    await attempt(form, async () => {
      await send(fields, event.submitter);
      form.reset();
      if (done) done.hidden = false;
    });
  });
}

/** Does something with the buttons of a part of the page off, and says there what went wrong. */
export async function attempt(part, act) {
  const buttons = part.querySelectorAll("button");
  const wrong = part.querySelector(".wrong");
  wrong.hidden = true;
  for (const button of buttons) button.disabled = true;
  try {
    await act();
  } catch (problem) {
    wrong.textContent = problem.message;
    wrong.hidden = false;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/** What a change of the account takes: the present password, unless there is none. */
export const presence = ({ current }) => (current ? { current_password: current } : {});
