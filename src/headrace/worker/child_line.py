"""The child's end of the pipes, and what a run in a child has instead of a worker: a journal, and models to ask."""

from __future__ import annotations

import asyncio
import functools
import itertools
import os
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from headrace.errors import HeadraceError
from headrace.jobs.journal import Entry
from headrace.json import encode
from headrace.worker import wire
from headrace.worker.fault import error_of, fault_of

if TYPE_CHECKING:
    from headrace.ai.aliases import Asking
    from headrace.ai.asking import Asked, Read
    from headrace.ai.provider import Request
    from headrace.ai.run import Run

READ_SIZE = 256 * 1024

Waited: TypeAlias = "asyncio.Future[wire.Reply]"


class Line:
    """Speaks to the worker; when the worker is gone, the process and all that it started end at once.

    The job's code has the main thread. One thread of ours reads, another turns the event loop that `SyncJob` waits on.
    """

    def __init__(
        self, orders: int, reports: int, hear: Callable[[wire.Load | wire.Start | wire.Unwinds], None]
    ) -> None:
        """Call `hear`, in the reading thread, with what is no reply."""
        self.loop = asyncio.new_event_loop()
        self._orders = orders
        self._reports = reports
        self._hear = hear
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._waiting: dict[int, Waited] = {}

    def open(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self.loop.run_forever, name="headrace-loop", daemon=True).start()
        threading.Thread(target=self._listen, name="headrace-orders", daemon=True).start()

    def say(self, report: wire.Report) -> None:
        """Tell the worker; waits while the pipe is full."""
        data = memoryview(wire.pack(report))
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._reports, data) :]
            except OSError:
                end_group()

    async def ask(self, make: Callable[[int], wire.Report]) -> wire.Reply:
        """Say what `make` makes of a new number, and return the reply to it."""
        return await self.ask_again(next(self._ids), make)

    async def ask_again(self, number: int, make: Callable[[int], wire.Report]) -> wire.Reply:
        """Go on with the exchange that has this number."""
        waited: Waited = self.loop.create_future()
        self._waiting[number] = waited
        try:
            self.say(make(number))
            return await waited
        finally:
            self._waiting.pop(number, None)

    def _listen(self) -> None:
        frames: wire.Frames[wire.Order] = wire.Frames(wire.Order)
        try:
            while data := os.read(self._orders, READ_SIZE):
                for order in frames.feed(data):
                    self._take(order)
        finally:
            end_group()

    def _take(self, order: wire.Order) -> None:
        if isinstance(order, (wire.Load, wire.Start, wire.Unwinds)):
            self._hear(order)
        else:
            self.loop.call_soon_threadsafe(self._answer, order)

    def _answer(self, reply: wire.Reply) -> None:
        waited = self._waiting.get(reply.id)
        if waited is not None and not waited.done():
            waited.set_result(reply)


def end_group() -> None:
    """Kill this process and what it started."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


class Post:
    """The journal of a run in a child: everything goes to the worker, which writes it."""

    def __init__(self, line: Line, errand: int) -> None:
        """Write by way of `line`."""
        self._line = line
        self._errand = errand

    def post(self, entry: Entry) -> None:
        """Hand events over."""
        self._line.say(wire.Told(self._errand, entry.events))

    async def store(self, entry: Entry) -> bool:
        """Hand a step over and wait until it is stored."""
        reply = await self._line.ask(
            lambda number: wire.Finished(number, self._errand, entry.events, entry.steps, entry.waits)
        )
        if isinstance(reply, wire.Fault):
            raise error_of(reply)
        return isinstance(reply, wire.Stored) and reply.is_stored

    async def callback_url(self, number: UUID, sealed: str | None) -> tuple[str, str]:
        """Have the worker, which has the key, make or open a URL."""
        reply = await self._line.ask(lambda id_: wire.Addressing(id_, self._errand, number, sealed))
        if isinstance(reply, wire.Fault):
            raise error_of(reply)
        if not isinstance(reply, wire.Addressed):
            raise HeadraceError(f"The worker answered a question for an address with {type(reply).__name__}")
        return reply.url, reply.sealed

    async def settle(self) -> None:
        """Do nothing: the worker settles what it was handed."""


class Operator:
    """Asks models by way of the worker, which has the keys and keeps the ledger."""

    def __init__(self, line: Line, errand: int) -> None:
        """Ask over `line`."""
        self._line = line
        self._errand = errand

    async def ask(self, run: Run, asking: Asking, request: Request, read: Read) -> Asked:
        """Have the worker ask; its answers are read here, where their type is known."""
        from headrace.ai import asking as asked

        text = asked.REQUEST.dump_json(request)
        names = asking if asking is None or isinstance(asking, str) else list(asking)
        reply = await self._line.ask(
            lambda number: wire.Question(number, self._errand, run.step_name or "", names, text)
        )
        misread: Exception | None = None
        while isinstance(reply, wire.Answered):
            misread, report = await _read(reply, read)
            reply = await self._line.ask_again(reply.id, functools.partial(_same, report))
        if isinstance(reply, wire.Fault):
            raise misread if misread is not None and type(misread).__name__ == reply.name else error_of(reply)
        if not isinstance(reply, wire.Settled):
            raise HeadraceError(f"The worker answered a question with {type(reply).__name__}")
        return asked.ASKED.validate_json(reply.asked)


async def _read(answered: wire.Answered, read: Read) -> tuple[Exception | None, wire.Read | wire.Fault]:
    from headrace.ai.asking import ANSWER

    try:
        reading = await read(ANSWER.validate_json(answered.answer), answered.who)
        return None, wire.Read(answered.id, encode(reading.value), reading.is_mended)
    except Exception as error:  # noqa: BLE001 - the ledger has to know; it is raised if nothing better comes
        return error, fault_of(answered.id, error)


def _same(report: wire.Report, _number: int) -> wire.Report:
    return report
