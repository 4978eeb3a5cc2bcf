// A live stream that goes on after breaks: from the event after the last one seen, and not while nobody looks.

import { onLink, probe } from "./server.js";

const open = new Set();

/** Opens `path` and calls `handlers[type](data)` for each message; returns a function that closes it. */
export function watch(path, handlers) {
  const stream = { source: null, seen: 0, path, handlers };
  open.add(stream);
  if (!document.hidden) start(stream);
  return () => {
    open.delete(stream);
    stop(stream);
  };
}

function start(stream) {
  stop(stream);
  const source = new EventSource(stream.seen ? `${stream.path}?after=${stream.seen}` : stream.path);
  stream.source = source;
  for (const [type, handle] of Object.entries(stream.handlers)) {
    source.addEventListener(type, (message) => {
      if (stream.source !== source) return;
      const data = JSON.parse(message.data);
      if (data.seq) stream.seen = data.seq;
      if (type === "reset") stream.seen = 0;
      handle(data);
    });
  }
  source.addEventListener("error", () => probe());
}

function stop(stream) {
  stream.source?.close();
  stream.source = null;
}

// Coming back the browser would wait its own time; we know that the server is there.
onLink(({ cameBack }) => {
  if (cameBack && !document.hidden) open.forEach(start);
});

// A browser keeps six connections to a server, so tabs in the background give theirs back.
document.addEventListener("visibilitychange", () => open.forEach(document.hidden ? stop : start));
