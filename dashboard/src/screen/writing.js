// The text of a job while it is written: one block a step, then the blocks of the jobs it called, side by side in their order.

import { Block } from "./block.js";
import { make } from "./words.js";

const NEAR_END_PX = 60;

/** Shows streamed text in `pane`. */
export class Writing {
  constructor(pane) {
    this.pane = pane;
    this.blocks = new Map();
    this.calls = new Map();
    this.dirty = new Set();
    this.title = "";
    this.follows = true;
    this.frame = 0;
  }

  clear() {
    this.blocks.clear();
    this.calls.clear();
    this.dirty.clear();
    this.pane.replaceChildren();
  }

  /** The words that head the next block. */
  announce(note) {
    this.title = note;
  }

  add(step, chunk) {
    this.write(this.blocks.get(step) ?? this.begin(step), chunk);
  }

  /** A later run writes the step anew: what the earlier one wrote is void. */
  reset(step) {
    const block = this.blocks.get(step);
    if (block) this.empty(block);
  }

  begin(step) {
    const block = new Block(this.title || step || "Text", { "data-step": step ?? "" });
    this.blocks.set(step, block);
    this.pane.append(block.element);
    return block;
  }

  /** Makes room for the children of a call: each fills its own block, whichever writes first. */
  call(name, size) {
    if (this.calls.has(name)) return;
    const group = make("div", { class: "call", "data-call": name });
    this.calls.set(name, { group, size, children: new Map() });
    this.pane.append(group);
    this.follows = false;
  }

  /** Takes a message of a child; returns the blocks of its call. */
  child({ job, step, place, event, data }) {
    const { group, size, children } = this.calls.get(step);
    if (!children.has(place)) {
      const block = new Block(size > 1 ? `${place + 1} of ${size}` : step, { "data-place": place }, job);
      children.set(place, block);
      const next = [...children.keys()].filter((other) => other > place).sort((one, other) => one - other)[0];
      group.insertBefore(block.element, next === undefined ? null : children.get(next).element);
    }
    const block = children.get(place);
    if (event === "text") this.write(block, data.data.text);
    else if (event === "text_reset") this.empty(block);
    else block.take(event, data);
    return [...children.values()];
  }

  write(block, chunk) {
    block.text += chunk;
    this.draw(block);
  }

  empty(block) {
    block.text = "";
    this.draw(block);
  }

  draw(block) {
    this.dirty.add(block);
    this.frame ||= requestAnimationFrame(() => {
      const { scrollTop, clientHeight, scrollHeight } = this.pane;
      const follows = this.follows && scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      for (const block of this.dirty) block.draw();
      this.dirty.clear();
      this.frame = 0;
      if (follows) this.pane.scrollTop = this.pane.scrollHeight;
    });
  }
}
