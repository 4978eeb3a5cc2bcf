// The text of a job while it is written: one block a step, paragraph by paragraph, as plain text.

import { make } from "./words.js";

const NOTICE = /^\s*\[([^[\]\n]+)\](?:\s*\n\s*\n|\s*$)/;
const NEAR_END_PX = 60;

/** Shows streamed text in `pane`. */
export class Writing {
  constructor(pane) {
    this.pane = pane;
    this.blocks = new Map();
    this.dirty = new Set();
    this.title = "";
    this.follows = true;
    this.frame = 0;
  }

  clear() {
    this.blocks.clear();
    this.dirty.clear();
    this.pane.replaceChildren();
  }

  /** The words that head the next block. */
  announce(note) {
    this.title = note;
  }

  add(step, chunk) {
    const block = this.blocks.get(step) ?? this.begin(step);
    block.text += chunk;
    this.draw(block);
  }

  /** A later run writes the step anew: what the earlier one wrote is void. */
  reset(step) {
    const block = this.blocks.get(step);
    if (!block) return;
    block.text = "";
    this.draw(block);
  }

  begin(step) {
    const heading = make("h3", {}, this.title.replace(/^[^:]*: /, "") || step || "Text");
    const body = make("div", { class: "body", dir: "auto" });
    const block = { text: "", body, element: make("section", { "data-step": step ?? "" }, heading, body) };
    this.blocks.set(step, block);
    this.pane.append(block.element);
    return block;
  }

  draw(block) {
    this.dirty.add(block);
    this.frame ||= requestAnimationFrame(() => {
      const { scrollTop, clientHeight, scrollHeight } = this.pane;
      const follows = this.follows && scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      this.dirty.forEach(render);
      this.dirty.clear();
      this.frame = 0;
      if (follows) this.pane.scrollTop = this.pane.scrollHeight;
    });
  }
}

function render({ text, body, element }) {
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
