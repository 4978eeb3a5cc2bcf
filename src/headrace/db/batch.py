"""Batching writers: what many tasks have to write leaves in few transactions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from headrace.db.connect import BROKEN
from headrace.log import get_logger

log = get_logger(__name__)

T = TypeVar("T")
R = TypeVar("R")

REST_MAX = 2.0
WEIGHT_MAX = 8 * 1024 * 1024


class Batcher(Generic[T, R]):
    """Collects items for a moment and writes them together; each caller gets the answer to its own item.

    `write` gets the items in order and answers each, if need be by an error. While the database is away it is tried again
    until it succeeds: what was accepted here is not lost while the process lives. If a batch is refused for its data, by the
    database or on the way to it, the halves are written by themselves until the guilty item is alone, and only its caller
    gets the error.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]],
        *,
        name: str,
        linger: float,
        weigh: Callable[[T], int],
        most: int = 500,
        patience: float = float("inf"),
        writers: int = 1,
        pace: float = 0.0,
        on_answers: Callable[[Sequence[T], Sequence[R | Exception]], None] | None = None,
    ) -> None:
        """Write at most `most` items and about 8 MiB together, `linger` seconds after the first came.

        What is not urgent leaves in batches that begin at least `pace` seconds apart. `weigh` says about how many bytes an
        item has. After `patience` seconds of an outage the callers get its error. More than one of `writers` is for items
        whose order does not matter: one batch is executed while another is committed. `on_answers` hears of each batch as a
        whole, which costs an item less than a caller who waits for it.
        """
        self._writers = writers
        self._patience = patience
        self._write = write
        self._on_answers = on_answers
        self._weigh = weigh
        self._name = name
        self._linger = linger
        self._pace = pace
        self._taken_at = float("-inf")
        self._most = most
        self._pending: list[tuple[T, asyncio.Future[R] | None]] = []
        self._urgent = asyncio.Event()
        self._flushers: set[asyncio.Task[None]] = set()
        self._is_collecting = False
        self._given = 0
        self._written = 0
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []

    def post(self, item: T) -> None:
        """Have an item written soon, without waiting for the answer."""
        self._add(item, None)

    async def put(self, item: T, *, urgent: bool = True) -> R:
        """Have an item written (at once if `urgent`) and return the answer to it."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._add(item, answer)
        if urgent:
            self._urgent.set()
        return await answer

    async def settle(self) -> None:
        """Wait until everything given so far is written (or refused)."""
        if self._written == self._given:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((self._given, waiter))
        self._urgent.set()
        await waiter

    def _add(self, item: T, answer: asyncio.Future[R] | None) -> None:
        self._pending.append((item, answer))
        self._given += 1
        if len(self._pending) >= self._most:
            self._urgent.set()
        self._collect()

    def _collect(self) -> None:
        """Have somebody take what is pending, unless somebody is about to, or all are writing."""
        if self._pending and not self._is_collecting and len(self._flushers) < self._writers:
            self._is_collecting = True
            flusher = asyncio.get_running_loop().create_task(self._flush(), name=self._name)
            self._flushers.add(flusher)
            flusher.add_done_callback(self._flushed)

    def _flushed(self, flusher: asyncio.Task[None]) -> None:
        self._flushers.discard(flusher)
        self._collect()

    async def _flush(self) -> None:
        try:
            await self._rest()
            batch = self._take()
        finally:
            self._is_collecting = False
        self._collect()
        await self._attempt(batch)
        self._written += len(batch)
        self._release_waiters()

    def _take(self) -> list[tuple[T, asyncio.Future[R] | None]]:
        size = count = 0
        for item, _ in self._pending[: self._most]:
            size += self._weigh(item)
            if count and size > WEIGHT_MAX:
                break
            count += 1
        batch, self._pending = self._pending[:count], self._pending[count:]
        if self._pending:  # they have lingered already
            self._urgent.set()
        self._taken_at = time.monotonic()
        return batch

    def _release_waiters(self) -> None:
        for target, waiter in self._waiters:
            if target <= self._written and not waiter.done():
                waiter.set_result(None)
        self._waiters = [(target, waiter) for target, waiter in self._waiters if target > self._written]

    async def _rest(self) -> None:
        rest = max(self._linger, self._taken_at + self._pace - time.monotonic())
        if not self._urgent.is_set() and rest:
            try:
                async with asyncio.timeout(rest):
                    await self._urgent.wait()
            except TimeoutError:
                pass
        self._urgent.clear()

    async def _attempt(self, batch: list[tuple[T, asyncio.Future[R] | None]]) -> None:
        try:
            answers = await self._insist([item for item, _ in batch])
        except BROKEN as error:
            self._answer(batch, [error] * len(batch))
        except Exception as error:  # noqa: BLE001 - nothing that one item brings may end the writer of all
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._attempt(batch[:middle])
                await self._attempt(batch[middle:])
                return
            log.warning("batch.refused", batch=self._name, error=f"{type(error).__name__}: {error}".strip())
            self._answer(batch, [error])
        else:
            self._answer(batch, answers)

    async def _insist(self, items: list[T]) -> Sequence[R | Exception]:
        tries = 0
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return await self._write(items)
            except BROKEN as error:
                tries += 1
                if time.monotonic() > deadline:
                    raise
                if tries == 1 or tries % 10 == 0:
                    log.warning("batch.retried", batch=self._name, tries=tries, error=str(error).strip())
                await asyncio.sleep(min(0.02 * 2 ** min(tries, 7), REST_MAX))

    def _answer(self, batch: list[tuple[T, asyncio.Future[R] | None]], answers: Sequence[R | Exception]) -> None:
        if self._on_answers is not None:
            self._on_answers([item for item, _ in batch], answers)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future is None or future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
