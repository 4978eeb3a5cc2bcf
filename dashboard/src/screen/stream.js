// A live stream that goes on after breaks: from the event after the last one seen, and not while nobody looks.

import { canReach, onLink, probe } from "./server.js";

const RETRIES_MS = [2_000, 5_000, 15_000];

const open = new Set();

/**
 * Opens `path` and calls `handlers[type](data)` for each message, `onRefused()` when the server refuses the stream (it is
 * asked again later); returns a function that closes it.
 */
export function watch(path, handlers, onRefused = () => {}) {
  const stream = { source: null, seen: "", path, handlers, onRefused, refusals: 0, later: 0 };
  open.add(stream);
  if (!document.hidden) start(stream);
  return () => {
    open.delete(stream);
    stop(stream);
  };
}

function start(stream) {
  stop(stream);
  const after = stream.seen && `${stream.path.includes("?") ? "&" : "?"}after=${stream.seen}`;
  const source = new EventSource(stream.path + after);
  stream.source = source;
  for (const [type, handle] of Object.entries(stream.handlers)) {
    source.addEventListener(type, (message) => {
      if (stream.source !== source) return;
      const data = JSON.parse(message.data);
      stream.seen = type === "reset" ? "" : message.lastEventId || stream.seen;
      handle(data);
    });
  }
  source.addEventListener("open", () => (stream.refusals = 0));
  source.addEventListener("error", async () => {
    const isRefused = source.readyState === EventSource.CLOSED;
    await probe();
    if (isRefused && stream.source === source && canReach()) retry(stream);
  });
}

// A broken connection is taken up again by the browser itself; after a refusal it never asks again.
function retry(stream) {
  stream.later = setTimeout(() => start(stream), RETRIES_MS[Math.min(stream.refusals, RETRIES_MS.length - 1)]);
  stream.refusals += 1;
  stream.onRefused();
}

function stop(stream) {
  clearTimeout(stream.later);
  stream.source?.close();
  stream.source = null;
}

// Coming back the browser would wait its own time; we know that the server is there.
onLink(({ cameBack }) => {
  if (cameBack && !document.hidden) open.forEach(start);
});

// A browser keeps six connections to a server, so tabs in the background give theirs back.
document.addEventListener("visibilitychange", () => open.forEach(document.hidden ? stop : start));
