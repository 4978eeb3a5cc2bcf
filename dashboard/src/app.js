// The first screen: have an article written and watch it, among all jobs. The job that is shown is in the address.

import { showForm } from "./screen/brief.js";
import { showJob } from "./screen/job.js";
import { markChosen, showList } from "./screen/list.js";
import { showMenu } from "./screen/menu.js";
import { onLink } from "./screen/server.js";
import { showTasks } from "./screen/tasks.js";

const place = document.getElementById("job");
const blank = document.getElementById("blank");
const banner = document.getElementById("link");
let close = () => {};

function choose(id) {
  history.pushState(null, "", `?job=${id}`);
  show();
  const title = place.querySelector("h2");
  title?.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function show() {
  const id = new URLSearchParams(location.search).get("job");
  close();
  close = () => {};
  place.hidden = !id;
  blank.hidden = Boolean(id);
  markChosen(id);
  if (id) close = showJob(place, id, choose);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-job]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain) return;
  event.preventDefault();
  choose(link.dataset.job);
});

onLink(({ isReachable, seconds }) => {
  banner.hidden = isReachable;
  banner.textContent = isReachable ? "" : `Server unreachable; retrying in ${seconds} s. Nothing you typed is lost.`;
});

window.addEventListener("popstate", show);
showMenu().catch(() => null); // the banner tells that the server is away
showForm(choose);
showTasks();
showList();
show();
