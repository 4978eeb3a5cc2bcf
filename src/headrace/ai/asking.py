"""Asks a model once, with its row in the ledger before and after, and the text streamed into the job."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID

from pydantic import TypeAdapter

from headrace.ai.admission import admit
from headrace.ai.call import Call, Outcome
from headrace.ai.errors import CallFailed, MalformedAnswer, RateLimited
from headrace.ai.estimate import Reserve, bounded
from headrace.ai.ledger import Ledger, ledger_of
from headrace.ai.provider import Answer, Chunk, FinishReason, Reading, Request, ToolCall, Usage, estimate_usage
from headrace.ai.run import Run
from headrace.db.connect import BROKEN
from headrace.ids import new_id
from headrace.json import Json
from headrace.log import get_logger

if TYPE_CHECKING:
    from headrace.ai.models import Route

log = get_logger()

_SETTLE_SECONDS = 15.0

Read: TypeAlias = Callable[[Answer, str], Awaitable[Reading]]
"""Makes of the answer of a model, whose name comes with it, what the step stores."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked on behalf of which run, and what makes a value of the answer."""

    run: Run
    request: Request
    read: Read


@dataclass(frozen=True, slots=True)
class Asked:
    """The stored result of a step that asked a model: what it answered, and who did, for how much.

    `offline` says that no model was asked and `value` is a placeholder; `cost_nano_usd` is `None` where it is unknown.
    """

    value: Json
    model: str
    offline: bool
    finish_reason: FinishReason
    usage: Usage
    cost_nano_usd: int | None
    call_id: UUID
    calls: tuple[ToolCall, ...] = ()
    verbatim: Json = None


REQUEST, ANSWER, ASKED = TypeAdapter(Request), TypeAdapter(Answer), TypeAdapter(Asked)
"""How a question and its answer are written when another process asks."""


async def ask(run: Run, route: Route, request: Request, read: Read, *, rung: str = "first") -> Asked:
    """Ask, stream the text into the job, and return what `read` makes of the answer.

    Nothing is asked before limits and budgets let the call begin. It is in the ledger however it ends: answered, failed,
    malformed or cancelled. No transaction is held open. `rung` says which repair of an earlier answer this is.
    """
    ledger = ledger_of(run.database)
    request, reserve = bounded(route, request, ledger.terms.output_max)
    call = call_of(run, route, reserve, rung=rung)
    await admit(ledger, call)
    listening = _Listening(run, route, request)
    try:
        answer = await listening.to_the_end()
        reading = await read(answer, route.name)
    except BaseException as error:
        await _settle(ledger, call, listening.kept(ledger, call, listening.failed(error)))
        raise
    outcome = listening.answered(answer, is_mended=reading.is_mended)
    await _settle(ledger, call, listening.kept(ledger, call, outcome))
    cost = outcome.price.nano_usd if outcome.price else None
    return asked_of(route, answer, reading.value, call_id=call.id, cost=cost)


def call_of(run: Run, route: Route, reserve: Reserve, *, rung: str = "first") -> Call:
    """Return the call that a run is about to make."""
    return Call(
        id=new_id(),
        job_id=run.id,
        fence=run.fence,
        run=run.run,
        step=run.step_name or "",
        task=run.task,
        owner=run.owner,
        provider=route.provider.name,
        model=route.model,
        reserve=reserve,
        rung=rung,
    )


def asked_of(route: Route, answer: Answer, value: Json, *, call_id: UUID, cost: int | None) -> Asked:
    """Return what a step stores of an answer."""
    return Asked(
        value=value,
        model=f"{route.provider.name}:{answer.model}",
        offline=route.provider.is_offline,
        finish_reason=answer.finish_reason,
        usage=answer.usage,
        cost_nano_usd=cost,
        call_id=call_id,
        calls=answer.calls,
        verbatim=answer.verbatim,
    )


@dataclass(slots=True)
class _Listening:
    run: Run
    route: Route
    request: Request
    started: float = field(default_factory=time.monotonic)
    pieces: list[str] = field(default_factory=list)
    first_token: timedelta | None = None
    answer: Answer | None = None

    async def to_the_end(self) -> Answer:
        async with aclosing(self.route.provider.stream(self.route.model, self.request)) as stream:
            async for item in stream:
                match item:
                    case Chunk(text):
                        self._hear(text)
                        await asyncio.sleep(0)  # many chunks may be there at once: others have their turn
                    case Answer():
                        self.answer = item
        if self.answer is None:
            raise CallFailed(f"{self.route.name} ended without an answer; this is a fault of its provider class")
        return self.answer

    def _hear(self, text: str) -> None:
        if self.first_token is None:
            self.first_token = timedelta(seconds=time.monotonic() - self.started)
        self.pieces.append(text)
        self.run.text(text)

    def answered(self, answer: Answer, *, is_mended: bool) -> Outcome:
        outcome = self._outcome("ok", answer.usage, finish_reason=answer.finish_reason)
        return replace(outcome, rung="mended") if is_mended else outcome

    def failed(self, error: BaseException) -> Outcome:
        if isinstance(error, asyncio.CancelledError):
            return self._outcome("error", self._used(), code="cancelled", message="Cancelled while the model answered")
        if not isinstance(error, CallFailed):
            code = getattr(error, "code", "interrupted")
            return self._outcome("error", self._used(), code=str(code), message=f"{type(error).__name__}: {error}")
        usage = self.answer.usage if self.answer else error.partial.usage
        outcome = self._outcome("error", usage, code=error.code, message=str(error))
        return replace(
            outcome,
            raw_answer=error.raw if isinstance(error, MalformedAnswer) else None,
            hold=error.retry_after if isinstance(error, RateLimited) else None,
        )

    def kept(self, ledger: Ledger, call: Call, outcome: Outcome) -> Outcome:
        """Return an outcome with what was said until then, if the installation keeps that."""
        archive = ledger.terms.archive
        if archive is None:
            return outcome
        text, calls = (self.answer.text, self.answer.calls) if self.answer else ("".join(self.pieces), ())
        return replace(outcome, messages=archive.seal(call, self.request, text, calls))

    def _used(self) -> Usage:
        # The request was on its way: the prompt is billed even if no word of the answer came.
        return self.answer.usage if self.answer else estimate_usage(self.request, "".join(self.pieces))

    def _outcome(
        self,
        state: Literal["ok", "error"],
        usage: Usage | None,
        *,
        finish_reason: str | None = None,
        code: str | None = None,
        message: str | None = None,
    ) -> Outcome:
        answered_by = self.answer.model if self.answer else None
        return Outcome(
            state=state,
            usage=usage,
            price=None if usage is None else self.route.price(usage, answered_by=answered_by),
            answered_by=answered_by,
            first_token=self.first_token,
            finish_reason=finish_reason,
            error_code=code,
            error_message=message,
        )


async def _settle(ledger: Ledger, call: Call, outcome: Outcome) -> None:
    # An answer that is paid for is not thrown away, and an error not hidden, because the ledger can't be reached; what
    # is to be written is kept meanwhile. Shielded: a cancelled call is settled too.
    try:
        async with asyncio.timeout(_SETTLE_SECONDS):
            is_settled = await asyncio.shield(ledger.settle(call, outcome))
    except (TimeoutError, *BROKEN) as error:
        log.warning("ai.call_unsettled", call_id=str(call.id), job_id=str(call.job_id), error=type(error).__name__)
        return
    if not is_settled:
        log.warning("ai.call_settled_before", call_id=str(call.id), job_id=str(call.job_id))
