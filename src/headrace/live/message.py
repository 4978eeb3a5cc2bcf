"""Server-sent events as bytes (WHATWG HTML, section 9.2): each message is encoded once, for all who watch."""

from __future__ import annotations

from typing import NamedTuple

import orjson

RETRY_MS = 2_000
RETRY = b"retry: %d\n\n" % RETRY_MS
PING = b": ping\n\n"


class Entry(NamedTuple):
    """An event's number and its message."""

    seq: int
    message: bytes


def message(event: str, data: object, *, seq: int | None = None) -> bytes:
    """Return one message; with `seq` it has an id, from which a client that lost its connection goes on."""
    number = b"" if seq is None else b"id: %d\n" % seq
    # JSON has no raw line breaks, so it always fits one `data:` line.
    return b"%sevent: %s\ndata: %s\n\n" % (number, event.encode(), orjson.dumps(data, option=orjson.OPT_UTC_Z))
