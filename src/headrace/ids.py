"""Ids are UUIDv7 (RFC 9562): ordered by time, made in Python because PostgreSQL has them only from 18."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Return a UUIDv7: 48 bits of Unix milliseconds, then 74 that rise within this process: ids sort as made."""
    global _last  # noqa: PLW0603 - one monotone counter a process is the method (RFC 9562 §6.2, method 2)
    with _lock:
        fresh = (time.time_ns() // 1_000_000) << 74 | (int.from_bytes(os.urandom(10)) & ((1 << 73) - 1))
        _last = fresh if fresh > _last else _last + 1
        value = _last
    millis, rest = value >> 74, value & ((1 << 74) - 1)
    return UUID(int=millis << 80 | 0x7 << 76 | (rest >> 62) << 64 | 0b10 << 62 | (rest & ((1 << 62) - 1)))
