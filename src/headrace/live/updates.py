"""What the stream of a job and its children has to tell by now, as a page: for whoever can't hold a stream open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from headrace.db.connect import Connection
from headrace.errors import NotFound
from headrace.live.family import FOLLOWED_MAX, Place, child_message
from headrace.live.message import Entry, Message
from headrace.live.reading import Child, Snapshot, read_children, read_events, read_jobs
from headrace.live.stream import reset

EVENTS_MAX = 500


@dataclass(frozen=True, slots=True)
class Updates:
    """Messages as the stream has them, and the place after them; `has_more` when there are more already."""

    messages: list[Message]
    place: Place
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class _Member:
    """What one job tells: where it stood before its events were read, and the number of the last of them."""

    snapshot: Snapshot
    entries: list[Entry]
    seen: int

    @property
    def is_known(self) -> bool:
        """Whether what the client saw last has happened."""
        return bool(self.entries) or self.seen <= self.snapshot.event_seq

    @property
    def has_more(self) -> bool:
        return self.seen < self.snapshot.event_seq

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come: what is final has told all of its events by then."""
        return self.snapshot.is_final and not self.has_more

    @property
    def messages(self) -> list[Message]:
        return [self.snapshot.encode("state"), *(entry.message for entry in self.entries)]


async def read_updates(conn: Connection, job_id: UUID, after: Place) -> Updates:
    """Return where a job and its first 64 children stand, and up to 500 events of each after a place; raises `NotFound`."""
    [own] = await _read(conn, [job_id], after[:1])
    if own is None:
        raise NotFound(f"There is no job {job_id}")
    children = await read_children(conn, job_id, own.seen, most=FOLLOWED_MAX)
    members = await _read(conn, [child.id for child in children], after[1:])
    there = [own, *(member for member in members if member)]
    if len(after) > 1 + len(children) or not all(member.is_known for member in there):
        return Updates([reset(after[0])], (0,), has_more=True)
    messages = [*own.messages, *_of_children(children, members)]
    if all(member.is_over for member in there):
        messages.append(own.snapshot.encode("end"))
    place = (own.seen, *(member.seen if member else 0 for member in members))
    return Updates(messages, place, any(member.has_more for member in there))


async def _read(conn: Connection, ids: Sequence[UUID], after: Place) -> list[_Member | None]:
    """Return what jobs tell after the numbers given, in their order; `None` for one that is deleted."""
    seen = dict(zip(ids, (*after, *[0] * len(ids)), strict=False))
    snapshots = await read_jobs(conn, ids)
    events = await read_events(conn, seen, most=EVENTS_MAX)

    def member(id_: UUID) -> _Member | None:
        entries = events.get(id_, [])
        last = entries[-1].seq if entries else seen[id_]
        return _Member(snapshots[id_], entries, last) if id_ in snapshots else None

    return [member(id_) for id_ in ids]


def _of_children(children: Sequence[Child], members: Sequence[_Member | None]) -> list[Message]:
    told = []
    for child, member in zip(children, members, strict=True):
        if member is None:
            continue
        ended = [member.snapshot.encode("end")] if member.is_over else []
        told += [child_message(child, news) for news in (*member.messages, *ended)]
    return told
