import { expect, test } from "vitest";

import { messagesOf } from "./followByToken";

test("events are read however the answer is cut", async () => {
  const sent =
    'retry: 2000\n\nid: 1\nevent: text\ndata: {"a":"ä"}\n\n: ping\n\nevent: end\ndata: {}\n\nid: 9\nevent: cut';
  const bytes = new TextEncoder().encode(sent);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const read = [];
  for await (const message of messagesOf(body)) read.push(message);
  expect(read).toEqual([
    { event: "text", data: '{"a":"ä"}', id: "1" },
    { event: "end", data: "{}", id: "1" },
  ]);
});
