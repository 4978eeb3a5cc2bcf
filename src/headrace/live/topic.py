"""One watched job in memory: its state and its newest events, encoded, for any number of watchers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from headrace.live.message import Entry
from headrace.live.reading import Snapshot

KEPT = 256


class Topic:
    """The newest events of a job, at most 256: a watcher that fell further behind reads the table again.

    So a slow watcher costs no memory, and none ever misses an event.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """Begin after the events that the snapshot counts; those are read from the table."""
        self.snapshot = snapshot
        self.version = 0
        self.watchers = 0
        self.seq = snapshot.event_seq
        self._kept: deque[Entry] = deque(maxlen=KEPT)
        self._changed = asyncio.Event()

    @property
    def changed(self) -> asyncio.Event:
        """Set at the next change; take it before looking, wait for it afterwards, and no change is missed."""
        return self._changed

    def tell(self) -> None:
        """Wake everyone who waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    def add(self, entries: Sequence[Entry]) -> None:
        """Append new events; known ones are passed over, and after a gap only what follows it is kept."""
        for entry in entries:
            if entry.seq > self.seq:
                if entry.seq != self.seq + 1:
                    self._kept.clear()
                self._kept.append(entry)
                self.seq = entry.seq
        self.tell()

    def move(self, snapshot: Snapshot) -> None:
        """Take over a later state."""
        is_news = snapshot.mark != self.snapshot.mark
        self.snapshot = snapshot
        if is_news:
            self.version += 1
            self.tell()

    def after(self, seq: int) -> list[Entry] | None:
        """Return the events after a number; `None` if some of them are no longer, or were never, in memory."""
        if seq >= self.seq:
            return []
        if not self._kept or self._kept[0].seq > seq + 1:
            return None
        return [entry for entry in self._kept if entry.seq > seq]
