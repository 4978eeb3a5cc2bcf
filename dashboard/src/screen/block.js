// One block of streamed text, paragraph by paragraph, as plain text; that of a child says how the child stands.

import { isFinal, make } from "./words.js";

const NOTICE = /^\s*\[([^[\]\n]+)\](?:\s*\n\s*\n|\s*$)/;
const STANDING = {
  queued: "waiting for a worker",
  scheduled: "will be tried again",
  blocked: "waiting for its turn",
  waiting: "waiting",
  failed: "failed",
  cancelled: "cancelled",
};

export class Block {
  /** Heads the block with a note; `job` is the child whose text it is, and its heading a link. */
  constructor(note, attributes, job) {
    this.text = "";
    this.state = "";
    this.fraction = 0;
    this.title = make("span", {});
    this.standing = make("span", { class: "standing" });
    const linked = job ? make("a", { href: `?job=${job}`, "data-job": job }, this.title) : this.title;
    this.heading = make("h3", {}, linked, this.standing);
    this.body = make("div", { class: "body", dir: "auto" });
    this.element = make("section", attributes, this.heading, this.body);
    this.announce(note);
  }

  /** What stands before a colon says where the job is, not what it writes. */
  announce(note) {
    this.title.textContent = note.replace(/^[^:]*: /, "");
  }

  /** Takes a child's message that is no text. */
  take(event, data) {
    if (event === "progress") {
      this.fraction = data.data.fraction;
      if (data.data.note) this.announce(data.data.note);
    }
    if (event === "state" || event === "end") this.stand(data);
  }

  get share() {
    return isFinal(this.state) ? 1 : this.fraction;
  }

  stand({ state, run, progress, error }) {
    this.state = state;
    if (progress?.note) this.announce(progress.note);
    const again = run > 1 ? `run ${run}` : "";
    this.standing.textContent = STANDING[state] ?? (state === "running" ? again : "");
    this.standing.title = error?.message ?? "";
    this.element.dataset.state = state;
    this.element.dataset.run = run;
  }

  draw() {
    const { text, body, element } = this;
    const isData = /^\s*\{/.test(text);
    element.classList.toggle("data", isData);
    const notice = NOTICE.exec(text);
    element.classList.toggle("offline", Boolean(notice));
    const prose = notice ? text.slice(notice[0].length) : text;
    const parts = isData ? [`Structured answer, ${text.length} characters`] : prose.split(/\n{2,}/);
    while (body.children.length > parts.length) body.lastChild.remove();
    parts.forEach((part, place) => {
      const paragraph = body.children[place] ?? body.appendChild(make("p"));
      if (paragraph.textContent !== part) paragraph.textContent = part;
    });
  }
}
