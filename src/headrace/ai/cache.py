"""The cache of answers: a call that allows it takes what an equal call of its owner was answered not long ago."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from headrace.ai.asking import REQUEST, Asked, Question, asked_of, call_of
from headrace.ai.call import Call
from headrace.ai.errors import CallFailed
from headrace.ai.estimate import Reserve, bounded
from headrace.ai.ledger import SHARDS, Ledger, ledger_of
from headrace.ai.provider import Answer, Reading, Usage
from headrace.ai.statement import run
from headrace.db.connect import BROKEN, Database
from headrace.errors import InvalidInput, LeaseLost, Unreadable
from headrace.keyring import Keyring
from headrace.log import get_logger

if TYPE_CHECKING:
    from headrace.ai.models import Route

log = get_logger(__name__)

AGE_MAX = timedelta(days=30)
TEXT_BYTES_MAX = 256 * 1024
PURPOSE = "kept answer"

_KEEP_SECONDS = 15.0
_NOTHING = Reserve(0, 0, 0, 0)
_ANSWER = TypeAdapter(Answer)


def check_age(age: timedelta | None, *, has_tools: bool = False) -> None:
    """Raise `InvalidInput` for an age that no answer is kept for, or for a call whose answer depends on functions."""
    if age is None:
        return
    if has_tools:
        raise InvalidInput(
            "A call with tools takes no cache, since what its functions return may differ; leave one out"
        )
    if not timedelta(0) < age <= AGE_MAX:
        raise InvalidInput(f"cache has to be more than nothing and at most {AGE_MAX.days} days, not {age}")


async def ask_or_recall(
    keyring: Keyring, question: Question, route: Route, ask: Callable[[Question], Awaitable[Asked]]
) -> Asked:
    """Return the kept answer to an equal question, if it still fits; else what `ask` returns, and keep the answer.

    Nothing is asked of limits, budgets and the provider for a kept one. Calls that begin while nothing is kept all ask.
    """
    place = _place_of(keyring, question, route)
    kept = await place.find()
    recalled = None if kept is None else await _recall(question, route, kept)
    if recalled is not None:
        return recalled
    listener = _Listener(question)
    asked = await ask(replace(question, read=listener.read))
    if listener.answer is not None:
        await place.keep(listener.answer)
    return asked


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the answer to a question is kept; `key` is a code of the question that only the installation can make."""

    database: Database
    ledger: Ledger
    keyring: Keyring
    key: bytes
    age: timedelta

    async def find(self) -> Answer | None:
        async with self.database.connection() as conn:
            found = await run(conn, "find_answer", key=self.key, age=self.age, now=self.ledger.now)
            row = await found.fetchone()
        if row is None:
            return None
        try:
            return _ANSWER.validate_json(self.keyring.unseal(PURPOSE, row["sealed"], bound_to=self.key.hex()))
        except (Unreadable, ValidationError) as error:  # damaged, or written by another release
            log.warning("ai.answer_unreadable", error=type(error).__name__)
            return None

    async def keep(self, answer: Answer) -> None:
        """Keep an answer unless it is too long. One that is paid for is not thrown away because it can't be kept."""
        if len(answer.text.encode()) > TEXT_BYTES_MAX:
            return
        sealed = self.keyring.seal(PURPOSE, _ANSWER.dump_json(answer), bound_to=self.key.hex())
        try:
            async with asyncio.timeout(_KEEP_SECONDS), self.database.connection() as conn:
                await run(conn, "keep_answer", key=self.key, sealed=sealed, age=self.age, now=self.ledger.now)
        except (TimeoutError, *BROKEN) as error:
            log.warning("ai.answer_not_kept", error=type(error).__name__)


@dataclass(slots=True)
class _Listener:
    """Remembers the answer that was read as what was asked for, after whatever repairs."""

    question: Question
    answer: Answer | None = field(default=None, init=False)

    async def read(self, answer: Answer, who: str) -> Reading:
        reading = await self.question.read(answer, who)
        self.answer = answer
        return reading


def _place_of(keyring: Keyring, question: Question, route: Route) -> _Place:
    asking, ledger = question.run, ledger_of(question.run.database)
    request, _ = bounded(route, question.request, ledger.terms.output_max)
    asked = REQUEST.dump_python(request, mode="json", exclude={"silence", "cache"})
    whole = {"owner": asking.owner, "provider": route.provider.name, "model": route.model, "request": asked}
    key = keyring.mac(PURPOSE, json.dumps(whole, sort_keys=True).encode())
    return _Place(asking.database, ledger, keyring, key, question.request.cache or timedelta(0))


async def _recall(question: Question, route: Route, kept: Answer) -> Asked | None:
    answer = replace(kept, usage=Usage())
    try:
        reading = await question.read(answer, route.name)
    except CallFailed:  # its type has become stricter than the schema tells
        return None
    call = call_of(question.run, route, _NOTHING)
    await _write(question, call, answer)
    question.run.text(answer.text)
    return asked_of(route, answer, reading.value, call_id=call.id, cost=0)


async def _write(question: Question, call: Call, answer: Answer) -> None:
    database, archive = question.run.database, ledger_of(question.run.database).terms.archive
    messages = archive.seal(call, question.request, answer.text) if archive else None
    async with database.connection() as conn:
        written = await run(
            conn,
            "write_cached_call",
            **call.row,
            answered_by=answer.model,
            finish_reason=answer.finish_reason,
            messages=messages,
            shard=random.randrange(SHARDS),
            now=ledger_of(database).now,
        )
    if not written.rowcount:
        raise LeaseLost(f"This run no longer owns job {call.job_id}; it goes on elsewhere")
