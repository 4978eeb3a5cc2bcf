"""Insistence: what the documentation asks of an HTTP client, done before an app whose database is faulty."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headrace.ids import new_id
from headrace.testing.faults import FaultyDatabase, striking

TRIES = 30
_DONE: Message = {"type": "http.response.start", "status": 204, "headers": []}


def insist(app: ASGIApp, database: FaultyDatabase) -> ASGIApp:
    """Wrap `app`: its database fails within requests, and what is answered by 503 for that is asked again.

    It is the same request each time, with the same `Idempotency-Key`; a POST gets one, unless it is a plain submission,
    which needs none. A DELETE that finds nothing when it is sent again was done the first time.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        asked, heard = _keyed(scope), list[Message]()
        for n in range(TRIES):
            answer = _Answer(send, database, is_done=n > 0 and scope["method"] == "DELETE")
            with striking(active=n < TRIES - 1):
                await app(dict(asked), _again(heard, receive), answer.send)
            if not answer.is_refusal:
                return

    return wrapped


class _Answer:
    """Passes an answer on, unless it is a 503 that a fault is to blame for."""

    def __init__(self, send: Send, database: FaultyDatabase, *, is_done: bool) -> None:
        self._send = send
        self._database = database
        self._struck = sum(database.struck.values())
        self._is_done = is_done
        self.is_refusal = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_refusal = message["status"] == 503 and sum(self._database.struck.values()) > self._struck
            self._is_done = self._is_done and message["status"] == 404
            message = _DONE if self._is_done else message
        elif self._is_done:
            message = {**message, "body": b""}
        if not self.is_refusal:
            await self._send(message)


def _keyed(scope: Scope) -> Scope:
    has_key = any(name.lower() == b"idempotency-key" for name, _ in scope["headers"])
    if scope["method"] != "POST" or has_key or scope["path"].endswith("/jobs"):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"idempotency-key", new_id().hex.encode())]}


def _again(heard: list[Message], receive: Receive) -> Receive:
    """Tell what was heard of the request before, then go on hearing."""
    place = 0

    async def hear() -> Message:
        nonlocal place
        if place == len(heard):
            heard.append(await receive())
        place += 1
        return heard[place - 1]

    return hear
