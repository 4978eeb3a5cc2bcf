/** The same stream for whoever has a link: an `EventSource` sends no header, so the answer is read as it comes. */

import { BASE, reach } from "@/api/client";

import type { Following } from "./follow";

const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 20_000];

/** `follow`, with a token instead of the session's cookie. */
export function followByToken(token: string): (following: Following) => () => void {
  return (following) => {
    const stop = new AbortController();
    void followOn(following, token, stop.signal);
    return () => stop.abort();
  };
}

async function followOn(following: Following, token: string, signal: AbortSignal): Promise<void> {
  const { path, onLink } = following;
  let seen = "";
  let breaks = 0;
  while (!signal.aborted) {
    onLink?.("connecting");
    const after = seen && `${path.includes("?") ? "&" : "?"}after=${seen}`;
    try {
      const headers = { Accept: "text/event-stream", Authorization: `Bearer ${token}` };
      const answer = await fetch(BASE + path + after, { headers, signal, credentials: "omit", cache: "no-store" });
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) break;
      if (answer.ok && answer.body) {
        onLink?.("live");
        for await (const { event, data, id } of messagesOf(answer.body)) {
          if (signal.aborted) break;
          breaks = 0;
          seen = event === "reset" ? "" : id || seen;
          following.handlers[event]?.(JSON.parse(data), id);
        }
      }
    } catch {
      if (signal.aborted) break;
      void reach.check();
    }
    await pause(PAUSES_MS[Math.min(breaks, PAUSES_MS.length - 1)] ?? 20_000, signal);
    breaks += 1;
  }
  onLink?.("closed");
}

interface SentEvent {
  event: string;
  data: string;
  id: string;
}

/** Read server-sent events, as https://html.spec.whatwg.org/multipage/server-sent-events.html has them, with LF line ends. */
export async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<SentEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let id = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const fields = new Map(part.split("\n").map((line) => split(line)));
        id = fields.get("id") ?? id;
        const data = fields.get("data");
        if (data !== undefined) yield { event: fields.get("event") ?? "message", data, id };
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function split(line: string): [string, string] {
  const colon = line.indexOf(":");
  return colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds * (0.75 + Math.random() / 2));
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
