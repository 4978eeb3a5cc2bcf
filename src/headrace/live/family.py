"""The live view of a job and of the jobs that it called, as one stream that resumes at one place in all of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeAlias
from uuid import UUID

import orjson

from headrace.errors import InvalidInput, NotFound
from headrace.live.hub import Hub
from headrace.live.message import Message
from headrace.live.reading import Child
from headrace.live.stream import Pace, job_messages, reset

# Of a call with more children the first are followed: nobody reads thousands of texts side by side.
FOLLOWED_MAX = 64
EVENT_MAX = 2**31 - 1
# Messages that lie ready for a client; the streams of the members wait while there is no room.
READY_MAX = 2 * FOLLOWED_MAX

PLACE_PATTERN = rf"^[0-9]{{1,10}}(\.[0-9]{{1,10}}){{0,{FOLLOWED_MAX}}}$"
Place: TypeAlias = tuple[int, ...]


def read_place(text: str) -> Place:
    """Return the numbers of the last events seen: the job's, then those of its children; raises `InvalidInput`."""
    place = tuple(map(int, text.split("."))) if re.fullmatch(PLACE_PATTERN, text) else ()
    if not place or max(place) > EVENT_MAX:
        raise InvalidInput("That is not an id that this stream sent; leave it out to begin anew", pointer="/after")
    return place


def number_of(place: Place) -> int:
    """Return the number of the last event seen of one job alone; raises `InvalidInput` for a place in several."""
    if len(place) > 1:
        raise InvalidInput("That id belongs to a stream with children; ask for them again", pointer="/after")
    return place[0]


def child_message(child: Child, news: Message) -> Message:
    """Return what a child tells as its parent's stream has it."""
    head = orjson.dumps({"job": child.id, "step": child.step, "place": child.place, "event": news.event})
    return Message("child", b'%b,"data":%b}' % (head[:-1], news.data))


async def family_messages(hub: Hub, job_id: UUID, *, after: Place, pace: Pace) -> AsyncGenerator[Message | None]:
    """Yield a job's messages as `job_messages` does, and those of its first 64 children as `child`; raises `NotFound`.

    The id of a message is the place in all of them. A child follows the job's event that tells of its call, and the
    children of a call come in their order, each with its state first. `end` comes when all have ended.
    """
    family = _Family(hub, job_id, after, pace)
    try:
        async with aclosing(family.messages()) as told:
            async for news in told:
                yield news
    finally:
        await family.close()


class _Family:
    """The streams of a job (member 0) and its children, each pumped by a task into one queue."""

    def __init__(self, hub: Hub, job_id: UUID, after: Place, pace: Pace) -> None:
        self._hub = hub
        self._id = job_id
        self._pace = pace
        self._place = list(after)
        self._children: list[Child] = []
        self._pumps: set[asyncio.Task[None]] = set()
        self._unfinished = 0
        self._news: asyncio.Queue[tuple[int, Message | Exception | None]] = asyncio.Queue(READY_MAX)

    async def messages(self) -> AsyncGenerator[Message | None]:
        """Yield what the members tell, until all have ended, one has to begin anew, or the job's own stream breaks off."""
        await self._introduce(0, self._id)
        end: Message | None = None
        while self._unfinished:
            told = await self._next()
            if told is None:
                yield None
                continue
            member, news = told
            if news is None:
                return
            self._unfinished -= news.event == "end"
            if member == 0 and news.event == "end":
                end = news
            else:
                yield self._told(member, news)
            if news.event == "reset":
                return
        if end is not None:
            yield end

    async def close(self) -> None:
        """End the streams of the members."""
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _next(self) -> tuple[int, Message | None] | None:
        """Return a member and its message, or that its stream has broken off; `None` if nothing happened for a while."""
        try:
            async with asyncio.timeout(self._pace.ping):
                member, news = await self._news.get()
        except TimeoutError:
            return None
        if isinstance(news, Exception):
            raise news
        return member, news

    def _told(self, member: int, news: Message) -> Message:
        self._place += [0] * (member + 1 - len(self._place))
        if isinstance(news.seq, int):
            self._place[member] = news.seq
        place = None if news.seq is None else ".".join(map(str, self._place))
        if member == 0 or news.event == "reset":
            return news._replace(seq=place)
        return child_message(self._children[member - 1], news)._replace(seq=place)

    async def _meet(self, until: int) -> None:
        """Begin to follow the children of calls that the job's events tell of, up to a number."""
        known = await self._hub.read_children(self._id, until, most=FOLLOWED_MAX)
        for child in known[len(self._children) :]:
            self._children.append(child)
            try:
                await self._introduce(len(self._children), child.id)
            except NotFound:
                continue  # one that a retry took over from a job that is deleted

    async def _resume(self, seen: int) -> None:
        claimed = len(self._place)
        await self._meet(seen)
        if claimed > 1 + len(self._children):
            await self._news.put((0, reset(seen)))

    async def _introduce(self, member: int, job_id: UUID) -> None:
        after = self._place[member] if member < len(self._place) else 0
        source = job_messages(self._hub, job_id, after=after, pace=self._pace, is_child=member > 0)
        try:
            await self._news.put((member, await anext(source)))
        except BaseException:
            await source.aclose()
            raise
        self._unfinished += 1
        self._pumps.add(asyncio.create_task(self._pump(member, source)))

    async def _pump(self, member: int, source: AsyncGenerator[Message | None]) -> None:
        has_ended = False
        try:
            async with aclosing(source):
                if member == 0:
                    await self._resume(self._place[0])
                async for news in source:
                    if news is not None:
                        has_ended = news.event == "end"
                        await self._news.put((member, news))
                        if member == 0 and news.event == "wait" and isinstance(news.seq, int):
                            await self._meet(news.seq)
        except Exception as error:  # noqa: BLE001 - raised by whoever takes the news
            await self._news.put((member, error))
        else:
            if not has_ended:
                await self._news.put((member, None))
