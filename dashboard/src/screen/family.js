// How the jobs that a job called stand, beside its own progress.

import { isFinal } from "./words.js";

// What a job does after its children is taken as a fifth of what it had left before them.
const THEIR_SHARE = 0.8;

/** Follows the calls of a job in its text, its bar and its count. */
export class Family {
  constructor(parts, writing) {
    this.parts = parts;
    this.writing = writing;
    this.clear();
  }

  clear() {
    this.writing.clear();
    this.parts.bar.value = 0;
    this.size = 0;
    this.own = null;
    this.say("");
  }

  /** How far the job itself says it is; said again, it does not take back what its children have done since. */
  progress(fraction) {
    if (fraction === this.own) return;
    this.own = fraction;
    this.parts.bar.value = fraction;
  }

  call({ name, children }) {
    this.size = children;
    this.writing.call(name, children);
  }

  answered() {
    this.size = 0;
    this.say("");
  }

  take(message) {
    const blocks = this.writing.child(message);
    if (this.size < 2) return;
    const done = blocks.filter(({ state }) => isFinal(state)).length;
    const share = blocks.reduce((sum, block) => sum + block.share, 0) / this.size;
    const own = this.own ?? 0;
    this.parts.bar.value = own + (1 - own) * THEIR_SHARE * Math.min(share, 1);
    this.say(`${done} of ${this.size} done`);
  }

  say(words) {
    this.parts.count.textContent = words;
  }
}
