"""The one place where a question is asked again: in place, with the error, of the next model; then the job waits.

Errors that waiting heals (429, 5xx, lost connections) are tried again in place with full jitter, never sooner than the
provider's `Retry-After`; a structured answer that doesn't fit is asked for again with the error. After that the next
model of the chain is asked. What is raised in the end is the job's: its retry decides, and a wait that the provider
named costs it no attempt.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from headrace.ai import asking
from headrace.ai.cache import ask_or_recall
from headrace.ai.errors import (
    AnswerTooLong,
    AnswerTruncated,
    CallFailed,
    ContextTooLong,
    KeyRefused,
    LimitReached,
    MalformedAnswer,
    ModelNotFound,
    ProtocolBroken,
    ProviderFailed,
    ProviderNotConfigured,
    ProviderSilent,
    ProviderUnreachable,
    RateLimited,
    SpendLimitReached,
    StreamCut,
)
from headrace.ai.provider import Message, Request
from headrace.errors import AiError
from headrace.log import get_logger

if TYPE_CHECKING:
    from headrace.ai.asking import Asked, Question
    from headrace.ai.models import Models, Route
    from headrace.ai.run import Run

log = get_logger(__name__)

Rung: TypeAlias = Literal["first", "retry", "again", "fallback"]
"""Why a call was made: the question's first, the same once more, asked again with the error, asked of the next model."""

TRIES = 3
REPAIRS = 2
IN_PLACE_MAX = timedelta(seconds=5)
"""The longest wait that keeps the job's slot; for a longer one the job is delayed."""

_FIRST_WAIT = timedelta(seconds=0.5)
_RAW_SHOWN = 20_000
_PASSING = (RateLimited, ProviderFailed, ProviderUnreachable, StreamCut, ProtocolBroken)
# Another model may answer where this one can't; a wrong request or a refusal is not carried from door to door.
_ELSEWHERE = (
    *_PASSING,
    LimitReached,
    ProviderSilent,
    SpendLimitReached,
    KeyRefused,
    ModelNotFound,
    ContextTooLong,
    MalformedAnswer,
    ProviderNotConfigured,
)


async def ask(models: Models, names: Sequence[str], question: Question) -> Asked:
    """Ask the models in turn until one gives an answer that can be read; raises what the last resort came to."""
    failures: list[AiError] = []
    for name in names:
        try:
            return await _answered(models, question, name, "fallback" if failures else "first")
        except (AnswerTruncated, AnswerTooLong):  # of the limits of the question, not of the model
            raise
        except _ELSEWHERE as error:
            failures.append(error)
        if len(failures) < len(names):
            _note(question.run, failures[-1], names[len(failures)])
            question.run.reset_text()
    raise _worst(failures)


def corrected(request: Request, raw: str, problem: str) -> Request:
    """Return a request that repeats an answer which did not fit, and says why."""
    if not raw.strip():
        return request
    correction = f"{problem}.\n\nAnswer again, with the corrected JSON and nothing else."
    turns = (*request.messages, Message("assistant", raw[:_RAW_SHOWN]), Message("user", correction))
    return replace(request, messages=turns)


async def _answered(models: Models, question: Question, name: str, rung: Rung) -> Asked:
    route = await models.route(name)
    if question.request.cache is None:
        return await _repaired(question, route, rung)
    return await ask_or_recall(models.keyring, question, route, lambda heard: _repaired(heard, route, rung))


async def _repaired(question: Question, route: Route, rung: Rung) -> Asked:
    turn = question
    for repair in range(REPAIRS + 1):
        try:
            return await _in_place(turn, route, "again" if repair else rung)
        except (AnswerTruncated, AnswerTooLong):
            raise
        except MalformedAnswer as error:
            if repair == REPAIRS:
                raise
            turn = replace(question, request=corrected(question.request, error.raw, str(error)))
        question.run.reset_text()
    raise AssertionError


async def _in_place(question: Question, route: Route, rung: Rung) -> Asked:
    for tried in range(1, TRIES + 1):
        try:
            return await asking.ask(
                question.run, route, question.request, question.read, rung="retry" if tried > 1 else rung
            )
        except _PASSING as error:
            wait = _wait_after(error, tried)
            if wait is None:
                raise
        question.run.reset_text()
        await asyncio.sleep(wait.total_seconds())
    raise AssertionError


def _wait_after(error: CallFailed, tried: int) -> timedelta | None:
    if tried == TRIES:
        return None
    wait = _FIRST_WAIT * 2 ** (tried - 1) * random.random()
    if error.retry_after is not None:
        wait = max(wait, error.retry_after)
    return wait if wait <= IN_PLACE_MAX else None


def _note(run: Run, error: AiError, following: str) -> None:
    log.warning("ai.fallback", job_id=str(run.id), code=error.code, to=following)
    run.log(f"{error}. Asking {following} instead", level="warning")


def _worst(failures: Sequence[AiError]) -> AiError:
    """Return what the job fails with: the failure that heals soonest, for that decides when it is worth another try."""
    soonest = min(failures, key=lambda error: (error.permanent, error.retry_after or timedelta(0)))
    if len(failures) == 1 or not isinstance(soonest, CallFailed):
        return soonest
    told = "; ".join(str(error) for error in failures if error is not soonest)
    return type(soonest)(
        f"{soonest}. The other models failed too: {told}", partial=soonest.partial, retry_after=soonest.retry_after
    )
