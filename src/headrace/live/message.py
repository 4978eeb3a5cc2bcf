"""Messages of the live view: one form, as server-sent events (WHATWG HTML, section 9.2) and as frames of a socket."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import orjson

RETRY_MS = 2_000
RETRY = b"retry: %d\n\n" % RETRY_MS
PING = b": ping\n\n"


class Message(NamedTuple):
    """What a watcher is told: `data` is JSON text, encoded once for all who watch; an event has its number.

    In a stream of several jobs `seq` is the place in all of them.
    """

    event: str
    data: bytes
    seq: int | str | None = None

    @property
    def sse(self) -> bytes:
        """The message as a server-sent event; its number is the id from which a client goes on."""
        number = b"" if self.seq is None else b"id: %s\n" % str(self.seq).encode()
        # JSON has no raw line breaks, so it always fits one `data:` line.
        return b"%sevent: %s\ndata: %s\n\n" % (number, self.event.encode(), self.data)

    def frame(self, job_id: UUID | None) -> str:
        """Return the message as a frame of a socket that carries several jobs; no job means the list."""
        job = "" if job_id is None else f'"job":"{job_id}",'
        number = "" if self.seq is None else f'"id":{orjson.dumps(self.seq).decode()},'
        return f'{{{job}"event":"{self.event}",{number}"data":{self.data.decode()}}}'


class Entry(NamedTuple):
    """An event's number and its message."""

    seq: int
    message: Message


def message(event: str, data: object, *, seq: int | None = None) -> Message:
    """Return a message with its data encoded."""
    return Message(event, orjson.dumps(data, option=orjson.OPT_UTC_Z), seq)
