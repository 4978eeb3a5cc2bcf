/**
 * A live stream that goes on after breaks: from the event after the last one seen, with growing pauses, and not while
 * nobody looks. Where a stream can't be held open (a proxy that buffers or cuts), `onPoll` is called every 2 s instead.
 */

import { BASE, reach } from "@/api/client";

const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 20_000];
const POLL_MS = 2_000;
const PATIENCE_MS = 8_000;
const BREAKS_UNTIL_POLLING = 3;

export type Handlers = Record<string, (data: unknown, id: string) => void>;

export type LinkState = "live" | "connecting" | "polling" | "closed";

export interface Following {
  /** The stream's address below the API's base. */
  path: string;
  handlers: Handlers;
  /** Called while the stream can't be held open: ask for what it would have told. */
  onPoll?: () => void;
  onLink?: (state: LinkState) => void;
}

/** Open a stream; the function returned closes it. */
export function follow(following: Following): () => void {
  const stream = new Stream(following);
  stream.open();
  return () => stream.close();
}

class Stream {
  private source: EventSource | null = null;
  private seen = "";
  private breaks = 0;
  private timer = 0;
  private poll = 0;
  private patience = 0;
  private isClosed = false;
  private readonly release: (() => void)[] = [];

  constructor(private readonly following: Following) {
    const look = (): void => (document.hidden ? this.rest() : this.start());
    document.addEventListener("visibilitychange", look);
    this.release.push(() => document.removeEventListener("visibilitychange", look));
    this.release.push(reach.onReturn(() => this.start()));
  }

  open(): void {
    if (!document.hidden) this.start();
  }

  close(): void {
    this.isClosed = true;
    this.rest();
    for (const release of this.release) release();
    this.tell("closed");
  }

  private start(): void {
    if (this.isClosed) return;
    this.rest();
    const { path, handlers } = this.following;
    const after = this.seen && `${path.includes("?") ? "&" : "?"}after=${this.seen}`;
    const source = new EventSource(BASE + path + after, { withCredentials: true });
    this.source = source;
    this.tell("connecting");
    // A proxy that buffers lets the stream open late or never: then nothing comes, and nothing breaks either.
    this.patience = window.setTimeout(() => this.lose(source), PATIENCE_MS);
    source.addEventListener("open", () => this.hold(source));
    source.addEventListener("error", () => this.lose(source));
    for (const [type, handle] of Object.entries(handlers)) {
      source.addEventListener(type, (message: MessageEvent<string>) => {
        if (this.source !== source) return;
        this.breaks = 0;
        this.seen = type === "reset" ? "" : message.lastEventId || this.seen;
        handle(JSON.parse(message.data), message.lastEventId);
      });
    }
  }

  private hold(source: EventSource): void {
    if (this.source !== source) return;
    clearTimeout(this.patience);
    clearInterval(this.poll);
    this.poll = 0;
    this.tell("live");
  }

  /** Take up the stream after a pause of our own: the browser's is fixed, and after a refusal it never asks again. */
  private lose(source: EventSource): void {
    if (this.source !== source || this.isClosed) return;
    this.quiet();
    this.breaks += 1;
    void reach.check();
    const pause = PAUSES_MS[Math.min(this.breaks, PAUSES_MS.length) - 1] ?? 20_000;
    this.timer = window.setTimeout(() => this.start(), pause * (0.75 + Math.random() / 2));
    if (this.breaks >= BREAKS_UNTIL_POLLING && this.following.onPoll && !this.poll) {
      this.poll = window.setInterval(this.following.onPoll, POLL_MS);
      this.following.onPoll();
    }
    this.tell(this.poll ? "polling" : "connecting");
  }

  private quiet(): void {
    clearTimeout(this.timer);
    clearTimeout(this.patience);
    this.source?.close();
    this.source = null;
  }

  /** Give the connection back: a browser keeps six to a server, and a hidden tab needs none. */
  private rest(): void {
    this.quiet();
    if (document.hidden || this.isClosed) {
      clearInterval(this.poll);
      this.poll = 0;
    }
  }

  private tell(state: LinkState): void {
    this.following.onLink?.(this.poll && state !== "live" && state !== "closed" ? "polling" : state);
  }
}
