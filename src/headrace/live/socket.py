"""One socket for many jobs: the messages of the streams, asked for and ended by frames of JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from headrace import json
from headrace.db.connect import BROKEN
from headrace.errors import HeadraceError, InvalidInput, Unavailable
from headrace.live.changes import hints
from headrace.live.family import EVENT_MAX, PLACE_PATTERN, family_messages, number_of, read_place
from headrace.live.hub import Hub
from headrace.live.message import Message, message
from headrace.live.stream import Pace, job_messages
from headrace.log import get_logger

# More belong on a second socket: each is a watcher, and what they send shares one connection.
SUBSCRIPTIONS_MAX = 100
# A socket may stay open for ever, so its streams have no end of their own.
_EVER = 1e9

log = get_logger(__name__)

_LOST = Unavailable("The database can't answer; subscribe again, after the last id you saw")

Send: TypeAlias = Callable[[str], Awaitable[None]]
Allow: TypeAlias = Callable[[UUID], Awaitable[None]]


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Subscribe(_Frame):
    """Tell what happens to a job after an id, and to its children; without a job, that the list changed."""

    type: Literal["subscribe"]
    job: UUID | None = None
    after: Annotated[int, Field(ge=0, le=EVENT_MAX)] | Annotated[str, Field(pattern=PLACE_PATTERN)] = 0
    children: bool = False


class Unsubscribe(_Frame):
    """Tell no more of a job, or of the list."""

    type: Literal["unsubscribe"]
    job: UUID | None = None


_FRAME: TypeAdapter[Subscribe | Unsubscribe] = TypeAdapter(
    Annotated[Subscribe | Unsubscribe, Field(discriminator="type")]
)


class Subscriptions:
    """What one client asked for; each subscription is a task that sends until its job's end."""

    def __init__(self, hub: Hub, pace: Pace, send: Send, *, allow: Allow) -> None:
        """Send frames by `send`, which raises when the client is gone or takes nothing; `allow` raises for another's job."""
        self._hub = hub
        self._pace = replace(pace, longest=_EVER)
        self._send = send
        self._allow = allow
        self._tasks: dict[UUID | None, asyncio.Task[None]] = {}

    async def take(self, text: str) -> None:
        """Do what a frame asks for; one that can't be done is answered by `error`, and the rest goes on."""
        try:
            match _read(text):
                case Subscribe() as wanted:
                    await self._subscribe(wanted)
                case Unsubscribe(job=job):
                    await self._end(job)
        except HeadraceError as error:
            await self._tell(None, _failure(error))

    async def close(self) -> None:
        """End all subscriptions."""
        for job in list(self._tasks):
            await self._end(job)

    async def sift(self) -> None:
        """End the subscriptions that are allowed no longer, and say so."""
        for job in [job for job in self._tasks if job is not None]:
            try:
                await self._allow(job)
            except HeadraceError as error:
                await self._end(job)
                await self._tell(job, _failure(error))

    async def _subscribe(self, wanted: Subscribe) -> None:
        job, source = wanted.job, self._source(wanted)
        await self._end(job)  # asked for again: it begins anew
        if len(self._tasks) >= SUBSCRIPTIONS_MAX:
            raise Unavailable(f"A socket carries {SUBSCRIPTIONS_MAX} subscriptions; end one or open another socket")
        task = self._tasks[job] = asyncio.create_task(self._forward(job, source))
        task.add_done_callback(lambda done: self._forget(job, done))

    def _source(self, wanted: Subscribe) -> AsyncGenerator[Message | None]:
        if wanted.job is None:
            return hints(self._hub)
        place = read_place(str(wanted.after))
        if wanted.children:
            return family_messages(self._hub, wanted.job, after=place, pace=self._pace)
        return job_messages(self._hub, wanted.job, after=number_of(place), pace=self._pace)

    async def _forward(self, job: UUID | None, source: AsyncGenerator[Message | None]) -> None:
        try:
            async with aclosing(source):
                if job is not None:
                    await self._allow(job)
                async for news in source:
                    if news is not None:
                        await self._tell(job, news)
        except BROKEN as error:
            log.warning("socket.subscription_lost", job_id=str(job), error=str(error))
            await self._tell(job, _failure(error if isinstance(error, Unavailable) else _LOST))
        except HeadraceError as error:
            await self._tell(job, _failure(error))

    async def _tell(self, job: UUID | None, news: Message) -> None:
        await self._send(news.frame(job))

    async def _end(self, job: UUID | None) -> None:
        task = self._tasks.pop(job, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _forget(self, job: UUID | None, task: asyncio.Task[None]) -> None:
        if self._tasks.get(job) is task:
            del self._tasks[job]
        if not task.cancelled():
            task.exception()  # the client is gone, and the connection's own loop learns of it


def _read(text: str) -> Subscribe | Unsubscribe:
    try:
        return _FRAME.validate_json(json.encode(json.parse(text.encode())))
    except (ValidationError, UnicodeEncodeError):
        raise InvalidInput(
            'A frame is {"type": "subscribe", "job": id, "after": 0} or {"type": "unsubscribe", "job": id}; without a job '
            "it means the list"
        ) from None


def _failure(error: HeadraceError) -> Message:
    return message("error", {"code": error.code, "detail": str(error)})
