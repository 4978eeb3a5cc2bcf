"""A provider of OpenAI's protocol that writes 20 chunks a second to each of its clients; a chunk is the time it was sent."""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop

from benchmarks.program import READY
from headrace.testing import http_wire as http
from headrace.testing.chat_wire import ChatWire
from headrace.testing.reply import Reply

PACE = 0.05
BACKLOG = 2_048
WIRE = ChatWire()


async def serve(chunks: int) -> None:
    """Answer with so many chunks whoever asks, until killed; the port stands on the first line written."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = await http.read_request(reader)
        if raw is None:
            return
        request, reply = WIRE.read(raw), Reply(tokens=http.Tokens(10, chunks))
        writer.write(http.opening() + WIRE.begin(request, reply))
        due = time.monotonic()
        for _ in range(chunks):
            due += PACE
            await asyncio.sleep(due - time.monotonic())
            writer.write(WIRE.text(request, f"{time.time():.4f} "))
        writer.write(WIRE.end(request, reply))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=BACKLOG)
    print(READY, server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
