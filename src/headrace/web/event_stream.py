"""A response of server-sent events that no client can hold on to: sending has a deadline, and a hang-up ends the source."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Self, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from headrace.db.connect import BROKEN
from headrace.errors import InvalidInput
from headrace.live.family import Place, number_of, read_place
from headrace.log import get_logger

log = get_logger(__name__)

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would collect the messages otherwise
}


# What ends when the client may no longer watch.
Guard: TypeAlias = Callable[[], Coroutine[None, None, None]]


class EventStream(Response):
    """Sends what `source` yields; a client that takes nothing for `send_timeout` seconds is cut off."""

    def __init__(self, source: AsyncGenerator[bytes], *, send_timeout: float, guard: Guard) -> None:
        """Take encoded messages; the source is closed when the stream ends, however it ends: when `guard` does, too."""
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._source = source
        self._send_timeout = send_timeout
        self._guard = guard

    @classmethod
    async def begin(cls, source: AsyncGenerator[bytes], *, send_timeout: float, guard: Guard) -> Self:
        """Wait for the first message, so that an error before it is answered as one."""
        first = await anext(source)

        async def messages() -> AsyncGenerator[bytes]:
            async with aclosing(source):
                yield first
                async for message in source:
                    yield message

        return cls(messages(), send_timeout=send_timeout, guard=guard)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the source, the client or the guard ends."""
        tasks = [asyncio.create_task(work) for work in (self._send_all(send), _hung_up(receive), self._guard())]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        if ended == {tasks[2]}:
            log.info("stream.refused", path=scope["path"])
            await _cut_off(scope)
            return
        match results[0]:
            case TimeoutError():
                log.info("stream.cut_off", path=scope["path"], timeout=self._send_timeout)
                await _cut_off(scope)
            case error if isinstance(error, BROKEN):
                log.warning("stream.lost", path=scope["path"], error=str(error))
                await _cut_off(scope)
            case Exception() as error:
                raise error

    async def _send_all(self, send: Send) -> None:
        async with aclosing(self._source) as source:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for chunk in source:
                if not chunk:
                    continue
                async with asyncio.timeout(self._send_timeout):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _cut_off(scope: Scope) -> None:
    """Drop the connection: to close it would be to wait until the client takes what is buffered."""
    scope.get("state", {}).get("abort", lambda: None)()
    await asyncio.sleep(0)  # uvicorn learns of it


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def is_asked_for(request: Request) -> bool:
    """Whether the client wants a stream: its `Accept` names `text/event-stream`."""
    kinds = (part.partition(";")[0].strip() for part in request.headers.get("accept", "").lower().split(","))
    return "text/event-stream" in kinds


def last_seen(request: Request, after: str, *, children: bool) -> Place:
    """Return where a returning client was: by `Last-Event-ID` (400 if that is none of ours), else by `after` (422)."""
    text = request.headers.get("last-event-id", "")
    try:
        place = read_place(text or after)
        return place if children else (number_of(place),)
    except InvalidInput as error:
        if text:
            error.status, error.code = 400, "event_id_malformed"
        raise
