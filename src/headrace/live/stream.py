"""The live view of one job as a stream of messages: its state first, its events from a given number on, its end last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from headrace.live.hub import Hub
from headrace.live.message import PING, RETRY, Entry, Message, message
from headrace.live.topic import Topic


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: `ping` between signs of life, `send` until a client that takes nothing is cut off, `longest` for a stream."""

    ping: float = 15.0
    send: float = 20.0
    longest: float = 900.0


async def event_stream(messages: AsyncGenerator[Message | None]) -> AsyncGenerator[bytes]:
    """Yield messages as server-sent events, with signs of life between them; raises what getting the first one raises."""
    async with aclosing(messages) as told:
        opening = RETRY  # with the first message, so that an error before it can still be answered as one
        async for news in told:
            yield opening + (news.sse if news else PING)
            opening = b""


async def job_messages(
    hub: Hub, job_id: UUID, *, after: int, pace: Pace, is_child: bool = False
) -> AsyncGenerator[Message | None]:
    """Yield messages until the job's end, the server's stop or the longest time; raises `NotFound`.

    `None` says that nothing happened for `pace.ping`. A client that says it saw an event that does not exist yet gets
    `reset`: it has to begin anew. Every event after `after` comes once and in order, from the table as long as memory
    does not reach back so far.
    """
    async with hub.watch(job_id, is_child=is_child) as topic:
        is_open = _until(hub, pace.longest)
        seq, version = after, topic.version
        yield topic.snapshot.encode("state")
        is_known = await _is_known(hub, topic, after)
        while is_known and is_open():
            changed, is_final = topic.changed, topic.snapshot.is_final
            entries = await _entries_after(hub, topic, seq)
            is_known = entries is not None
            for entry in entries or ():
                yield entry.message
                seq = entry.seq
            if seq < topic.seq:
                continue
            if topic.version != version:
                version = topic.version
                yield topic.snapshot.encode("state")
            if is_final:
                yield topic.snapshot.encode("end")
                return
            if not await _is_set(changed, pace.ping):
                yield None
        if not is_known:
            yield reset(seq)


def reset(seq: int) -> Message:
    """Return the message that a client has to begin anew."""
    return message(
        "reset", {"after": seq, "reason": "There is nothing to go on from; load the job and its events anew."}
    )


def _until(hub: Hub, seconds: float) -> Callable[[], bool]:
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    return lambda: not hub.is_closing and clock() < deadline


async def _entries_after(hub: Hub, topic: Topic, seq: int) -> list[Entry] | None:
    """Return the next events, from memory or from the table; `None` if the next one is in neither."""
    entries = topic.after(seq)
    if entries is not None:
        return entries
    page = await hub.read_page(topic.snapshot.id, seq)
    return page if page and page[0].seq == seq + 1 else None


async def _is_known(hub: Hub, topic: Topic, seq: int) -> bool:
    """Tell whether an event is stored; another process may have told it before this one read it."""
    return seq <= topic.seq or bool(await hub.read_page(topic.snapshot.id, seq - 1))


async def _is_set(changed: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return False
    return True
