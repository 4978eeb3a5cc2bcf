"""Wake-ups: within a process at once, between processes by one coalesced NOTIFY; lost ones cost a poll, never a job.

A NOTIFY takes an instance-wide lock at commit, so it is never in the work's transaction: whoever changed something
marks a topic after the commit, and one sender per process emits what was marked, at once or 20 ms after the last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

from headrace.db.connect import BROKEN, Database, conninfo
from headrace.db.patience import BoundedConnection
from headrace.log import get_logger
from headrace.loop import every

log = get_logger(__name__)

CHANNEL = "headrace"
GAP = 0.02
PAYLOAD_MAX = 7_000
SILENCE_MAX = 10.0

# topics
JOBS = "jobs"
CANCEL = "cancel"
ACCOUNTS = "accounts"

Listener: TypeAlias = Callable[[set[str]], None]


def queue_topic(queue: str) -> str:
    """Return the topic that says jobs became ready in a queue."""
    return f"queue:{queue}"


class Wakeups:
    """One process's sender and receiver of wake-ups; `run` it for other processes, without it they stay local."""

    def __init__(self, database: Database) -> None:
        """Take the database whose channel is used."""
        self._database = database
        database.on_commit = self.mark
        self._listeners: list[Listener] = []
        self._marked: set[str] = set()
        self._something = asyncio.Event()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the topics of each wake-up; the returned function stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def mark(self, topics: set[str]) -> None:
        """Tell that something changed; call it after the commit, on the event loop."""
        self._deliver(topics)
        self._marked |= topics
        self._something.set()

    async def run(self) -> None:
        """Send and receive until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(every(3_600, self._send, name="notify", wake=self._something))
            group.create_task(every(1, self._receive, name="listen"))

    async def _send(self) -> None:
        if not self._marked:
            return
        topics, self._marked = self._marked, set()
        async with self._database.connection() as conn:
            for payload in _payloads(topics):
                await conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
        await asyncio.sleep(GAP)

    async def _receive(self) -> None:
        address = conninfo(self._database.url, "headrace listener")
        conn = await BoundedConnection.connect(address, autocommit=True)
        try:
            await conn.execute(f"LISTEN {CHANNEL}")
            self._deliver({JOBS, ACCOUNTS})  # what was missed while nobody listened
            while True:
                async for note in conn.notifies(timeout=SILENCE_MAX):
                    self._deliver(set(note.payload.split("\n")))
                await conn.execute("SELECT 1")  # raises if it is silent for another reason than that nothing happens
        except BROKEN as error:
            log.warning("listen.lost", error=str(error).strip())
        finally:
            with suppress(*BROKEN):
                await conn.close()

    def _deliver(self, topics: set[str]) -> None:
        for listener in list(self._listeners):
            listener(topics)


def _payloads(topics: set[str]) -> list[str]:
    """Join topics into payloads under PostgreSQL's 8,000 bytes."""
    payloads = [""]
    for topic in sorted(topics):
        longer = f"{payloads[-1]}\n{topic}" if payloads[-1] else topic
        if len(longer.encode()) > PAYLOAD_MAX and payloads[-1]:
            payloads.append(topic)
        else:
            payloads[-1] = longer
    return payloads
