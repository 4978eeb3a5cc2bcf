"""The one reader of a process: it looks after all watched jobs at once and tells their watchers what is new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from uuid import UUID

from headrace.db.connect import Connection, Database
from headrace.db.wake import JOBS, Wakeups
from headrace.errors import NotFound, Unavailable
from headrace.live.message import Entry
from headrace.live.reading import Child, read_children, read_events, read_jobs
from headrace.live.topic import KEPT, Topic
from headrace.loop import every

POLL = 0.25
# Many wake-ups in a burst are one look.
GAP = 0.02
# Each is an open connection; more belong on another process.
WATCHERS_MAX = 2_000
SOCKETS_MAX = 1_000
COME_BACK = timedelta(seconds=5)


class Hub:
    """Watched jobs by id. It reads when woken and every 250 ms, one query for all, and only while somebody watches."""

    def __init__(self, database: Database, wakeups: Wakeups) -> None:
        """Take the database to read and the wake-ups that save waiting for the next poll."""
        self.closing = asyncio.Event()
        self.most = WATCHERS_MAX
        self.most_sockets = SOCKETS_MAX
        self._sockets = 0
        self._watchers = 0
        self._database = database
        self._wakeups = wakeups
        self._listeners: set[asyncio.Event] = set()
        self._topics: dict[UUID, Topic] = {}
        self._wake = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @property
    def is_closing(self) -> bool:
        """Whether the server stops."""
        return self.closing.is_set()

    def close(self) -> None:
        """Let every stream end; new ones end at once."""
        self.closing.set()
        for topic in self._topics.values():
            topic.tell()
        for changed in self._listeners:
            changed.set()

    @asynccontextmanager
    async def watch(self, job_id: UUID, *, is_child: bool = False) -> AsyncIterator[Topic]:
        """Keep a job's topic up to date inside the block; raises `NotFound`, and `Unavailable` for one watcher too many.

        Who watches a job's children counts once.
        """
        if self._watchers >= self.most and not is_child:
            raise Unavailable(f"{self.most} clients watch jobs here already; come back later", retry_after=COME_BACK)
        topic = self._topics.get(job_id) or await self._open(job_id)
        topic.watchers += 1
        self._watchers += not is_child
        self._ensure_reader()
        try:
            yield topic
        finally:
            topic.watchers -= 1
            self._watchers -= not is_child
            if not topic.watchers:
                del self._topics[job_id]
            if not self._topics and self._reader is not None:
                self._reader.cancel()
                self._reader = None

    @contextmanager
    def connected(self) -> Iterator[bool]:
        """Count a socket inside the block; false if it is one too many."""
        has_room = self._sockets < self.most_sockets
        self._sockets += has_room
        try:
            yield has_room
        finally:
            self._sockets -= has_room

    @contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """Yield an event that is set after changes to any job, and when the server stops; the listener clears it."""
        changed = asyncio.Event()
        stop_listening = self._wakeups.listen(lambda topics: changed.set() if JOBS in topics else None)
        self._listeners.add(changed)
        try:
            yield changed
        finally:
            self._listeners.discard(changed)
            stop_listening()

    async def wait_final(self, job_id: UUID, seconds: float) -> None:
        """Return when the job has its final state, after `seconds`, or when the server stops; raises `NotFound`."""
        async with self.watch(job_id) as topic:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not topic.snapshot.is_final and not self.is_closing:
                        await topic.changed.wait()

    async def read_page(self, job_id: UUID, after: int) -> list[Entry]:
        """Return up to 256 stored events after a number, for a watcher that is behind what is in memory."""
        async with self._database.connection() as conn:
            return (await read_events(conn, {job_id: after}, most=KEPT)).get(job_id, [])

    async def read_children(self, job_id: UUID, until: int, *, most: int) -> list[Child]:
        """Return the first children of a job that its events tell of, up to a number."""
        async with self._database.connection() as conn:
            return await read_children(conn, job_id, until, most=most)

    async def _open(self, job_id: UUID) -> Topic:
        async with self._database.connection() as conn:
            snapshot = (await read_jobs(conn, [job_id])).get(job_id)
        if snapshot is None:
            raise NotFound(f"There is no job {job_id}")
        # another watcher may have opened it meanwhile
        return self._topics.setdefault(job_id, Topic(snapshot))

    def _ensure_reader(self) -> None:
        if self._reader is None:
            self._reader = asyncio.create_task(self._read_forever(), name="live")

    async def _read_forever(self) -> None:
        stop_listening = self._wakeups.listen(self._woken)
        try:
            await every(POLL, self._look, name="live", wake=self._wake)
        finally:
            stop_listening()

    def _woken(self, topics: set[str]) -> None:
        if JOBS in topics:
            self._wake.set()

    async def _look(self) -> None:
        open_ids = [id_ for id_, topic in self._topics.items() if not topic.snapshot.is_final]
        if not open_ids:
            return
        async with self._database.connection() as conn:
            await self._read(conn, open_ids)
        await asyncio.sleep(GAP)

    async def _read(self, conn: Connection, ids: list[UUID]) -> None:
        """Take over events first, then the state: a final state is told when everything before it was."""
        snapshots = await read_jobs(conn, ids)
        news = {id_: topic for id_ in snapshots if (topic := self._topics.get(id_))}
        last = {id_: snapshots[id_].event_seq for id_ in news}
        behind = {id_: max(topic.seq, last[id_] - KEPT) for id_, topic in news.items() if topic.seq < last[id_]}
        if behind:
            for id_, entries in (await read_events(conn, behind, most=KEPT)).items():
                news[id_].add(entries)
        for id_, topic in news.items():
            topic.move(snapshots[id_])
