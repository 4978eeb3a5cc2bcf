"""What a task sees as `job.ai`: questions to models, each a stored step, streamed and written into the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from typing import Protocol, TypedDict, TypeVar, Unpack

from pydantic import TypeAdapter

from headrace.ai.admission import BudgetSpent
from headrace.ai.affording import wait_for_money
from headrace.ai.aliases import Asking
from headrace.ai.asking import Asked
from headrace.ai.cache import check_age
from headrace.ai.errors import AnswerTruncated, MalformedAnswer
from headrace.ai.mend import mended
from headrace.ai.provider import SILENCE_MAX, Answer, Message, Reading, Request
from headrace.ai.run import Asker, Run
from headrace.ai.shape import Shape, shape_of
from headrace.ai.tools import Conversation, Function, offers_of
from headrace.db.query import query
from headrace.json import Json

T = TypeVar("T")

_TURN = TypeAdapter(Message)


class Options(TypedDict, total=False):
    """What can be said beside the prompt, by the names `Ai.text` and `Ai.extract` have for it."""

    model: Asking
    system: str | None
    name: str
    key: str | None
    max_output_tokens: int | None
    temperature: float | None
    silence: timedelta
    cache: timedelta | None


class TextOptions(Options, total=False):
    """What `Ai.text` takes besides."""

    tools: Sequence[Function]


class Wait(Protocol):
    """Blocks a task's thread until the worker's event loop has done the work."""

    def __call__(self, work: Coroutine[None, None, T]) -> T:
        """Return the result, or raise what the work raised."""
        ...


class Ai:
    """Asks AI models on behalf of one run of a job.

    Every call is a step: once answered, it is never asked again. Calls in a loop or a gather need a `key`. Models are
    named `provider:model` or by an alias; a list is asked in turn until one answers. Without a name the installation's
    default answers, which is `offline:writer` until a key is set. Errors are those of `headrace.ai.errors`; the job's retry
    decides what happens next.
    """

    def __init__(self, run: Run, asker: Asker) -> None:
        """Ask for `run`."""
        self._run = run
        self._asker = asker

    async def text(
        self,
        prompt: str,
        *,
        model: Asking = None,
        system: str | None = None,
        name: str = "ai.text",
        key: str | None = None,
        max_output_tokens: int | None = None,
        temperature: float | None = None,
        silence: timedelta = SILENCE_MAX,
        cache: timedelta | None = None,
        tools: Sequence[Function] = (),
    ) -> str:
        """Return the model's answer as text, streamed into the job while it is written.

        `silence` is the longest time without a word from the provider. An answer that reached `max_output_tokens` is
        returned as far as it came. `tools` are functions with annotated parameters that the model may have called first;
        each call is a step. `cache` is how old an answer to the same question of the same owner may be that is taken
        instead of asking, at most 30 days; not with `tools`.
        """
        offers = offers_of(tools)
        offered = tuple(offer.tool for offer in offers.values())
        check_age(cache, has_tools=bool(offered))
        question = (Message("user", prompt),)
        first = Request(question, system, None, max_output_tokens, temperature, silence, offered, cache)

        async def ask(request: Request, key: str | None) -> Asked:
            async def asked(_question: Mapping[str, Json]) -> Asked:
                return await self._asker.ask(self._run, model, request, _as_text)

            return await self._ask(name, asked, _question(model, request), key=key)

        return str((await Conversation(self._run, offers, name, key).answer(first, ask)).value)

    async def extract(
        self,
        prompt: str,
        schema: type[T],
        *,
        model: Asking = None,
        system: str | None = None,
        name: str = "ai.extract",
        key: str | None = None,
        max_output_tokens: int | None = None,
        temperature: float | None = None,
        silence: timedelta = SILENCE_MAX,
        cache: timedelta | None = None,
    ) -> T:
        """Return the model's answer as a value of `schema`: a model, a dataclass, a list, any type pydantic validates.

        The model is held to the type's JSON schema. An answer that doesn't fit is mended if its JSON is only almost right,
        else asked for again with the error, then of the next model; in the end `MalformedAnswer` holds the text.
        `cache` is that of `text`.
        """
        check_age(cache)
        shape, question = shape_of(schema), (Message("user", prompt),)
        request = Request(question, system, shape.schema, max_output_tokens, temperature, silence, cache=cache)

        async def read(answer: Answer, who: str) -> Reading:
            return await _read(shape, answer, who)

        async def asked(_question: Mapping[str, Json]) -> Asked:
            return await self._asker.ask(self._run, model, request, read)

        stored = await self._ask(name, asked, _question(model, request), key=key)
        return shape.value(stored.value)

    async def spent(self, *, name: str = "ai.spent") -> int:
        """Return what the calls of this job and of its children have cost so far, in nano-USD; a stored step."""
        return await self._run.step(name, self._sum_costs)

    async def _sum_costs(self) -> int:
        async with self._run.database.connection() as conn:
            cursor = await conn.execute(query(__package__, "sum_tree_costs"), {"id": self._run.id})
            row = await cursor.fetchone()
        return int(row[0]) if row else 0

    async def _ask(
        self, name: str, asked: Callable[..., Awaitable[Asked]], question: Mapping[str, Json], *, key: str | None
    ) -> Asked:
        try:
            return await self._run.step(name, asked, question, key=key, returns=Asked)
        except BudgetSpent as hit:
            await wait_for_money(self._run, hit)


class SyncAi:
    """The same calls for tasks that are plain functions; they block the task's thread."""

    def __init__(self, ai: Ai, wait: Wait) -> None:
        """Ask through `ai`."""
        self._ai = ai
        self._wait = wait

    def text(self, prompt: str, **options: Unpack[TextOptions]) -> str:
        """Return the model's answer as text; see `Ai.text`."""
        return self._wait(self._ai.text(prompt, **options))

    def extract(self, prompt: str, schema: type[T], **options: Unpack[Options]) -> T:
        """Return the model's answer as a value of `schema`; see `Ai.extract`."""
        return self._wait(self._ai.extract(prompt, schema, **options))

    def spent(self, *, name: str = "ai.spent") -> int:
        """Return what the calls have cost so far; see `Ai.spent`."""
        return self._wait(self._ai.spent(name=name))


def _question(model: Asking, request: Request) -> dict[str, Json]:
    # What makes a stored answer the answer to this question. The model as it was asked for: a finished step stays valid
    # when the installation's default changes. Absent options are left out, so that new ones don't invalidate old steps.
    question: dict[str, Json | None] = {
        "prompt": request.messages[0].text,
        "system": request.system,
        "model": model if model is None or isinstance(model, str) else list(model),
        "schema": None if request.schema is None else dict(request.schema.definition),
        "max_output_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "tools": [tool.name for tool in request.tools] or None,
        "turns": [_TURN.dump_python(message, mode="json") for message in request.messages[1:]] or None,
    }
    return {name: value for name, value in question.items() if value is not None}


async def _as_text(answer: Answer, _who: str) -> Reading:
    return Reading(answer.text)


async def _read(shape: Shape[T], answer: Answer, who: str) -> Reading:
    try:
        return Reading(shape.read(answer.text, who))
    except MalformedAnswer as error:
        if answer.finish_reason == "length":
            raise AnswerTruncated(
                f"The answer of {who} was cut at its output limit; raise max_output_tokens", partial=error.partial
            ) from None
        text = await asyncio.to_thread(mended, answer.text, shape.schema)
        if text is None:
            raise
        try:
            return Reading(shape.read(text, who), is_mended=True)
        except MalformedAnswer:
            raise error from None
