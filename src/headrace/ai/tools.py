"""Functions that a model may have called: what it is told of them, and the calls, each a stored step."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from headrace.ai.errors import TurnsExhausted
from headrace.ai.provider import Message, Request, Tool, ToolCall, ToolResult
from headrace.errors import InvalidInput
from headrace.json import Json, encode, parse

if TYPE_CHECKING:
    from headrace.ai.asking import Asked
    from headrace.ai.run import Run

Function: TypeAlias = Callable[..., object]

TURNS_MAX = 20
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Offer:
    """A function with the model of its arguments."""

    function: Function
    arguments: type[BaseModel]
    tool: Tool


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question whose model may call functions before it answers; `name` and `key` are the step's."""

    run: Run
    offers: Mapping[str, Offer]
    name: str
    key: str | None

    async def answer(self, request: Request, ask: Callable[[Request, str | None], Awaitable[Asked]]) -> Asked:
        """Ask, make the calls the model wants, and ask again with what came of them, until it answers.

        Every turn and every call is a step. Raises `TurnsExhausted`, and whatever a function raises.
        """
        asked = await ask(request, self.key)
        for turn in range(1, TURNS_MAX):
            if not asked.calls:
                return asked
            results = tuple([await self._make(call, f"{turn}.{n}") for n, call in enumerate(asked.calls)])
            answered = Message("assistant", str(asked.value), calls=asked.calls, verbatim=asked.verbatim)
            request = replace(request, messages=(*request.messages, answered, Message("user", "", results=results)))
            asked = await ask(request, None if self.key is None else f"{self.key}/{turn + 1}")
        if not asked.calls:
            return asked
        raise TurnsExhausted(
            f"{asked.model} called functions in {TURNS_MAX} turns without an answer; tell it in the prompt when to stop"
        )

    async def _make(self, call: ToolCall, place: str) -> ToolResult:
        offer = self.offers.get(call.name)
        if offer is None:
            return ToolResult(call, f"There is no function {call.name}; there are {', '.join(self.offers)}")
        try:
            checked = offer.arguments.model_validate(call.arguments)
        except ValidationError as error:  # the model's mistake: it may try again
            return ToolResult(call, f"Wrong arguments: {error.errors(include_url=False, include_context=False)}")

        async def made(_arguments: Json) -> Json:
            return parse(encode(await _called(offer.function, dict(checked))))

        key = None if self.key is None else f"{self.key}/{place}"
        value = await self.run.step(f"{self.name}.{call.name}", made, call.arguments, key=key, returns=Json)
        return ToolResult(call, value if isinstance(value, str) else encode(value).decode())


def offers_of(functions: Sequence[Function]) -> dict[str, Offer]:
    """Return what a model is told of functions: name, docstring, and the schema of their annotated parameters.

    Raises `InvalidInput` for a function that can't be told.
    """
    offers = [_offer(function) for function in functions]
    named = {offer.tool.name: offer for offer in offers}
    if len(named) < len(offers):
        raise InvalidInput("Two tools have the same name; rename one")
    return named


def _offer(function: Function) -> Offer:
    name = getattr(function, "__name__", "")
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{function!r} has no name that a model can call it by; give it as a def")
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in hints or parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            raise InvalidInput(
                f"Tool {name}: every parameter needs a name and an annotation ({parameter.name} has none)"
            )
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    model: type[BaseModel] = create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
    return Offer(function, model, Tool(name, inspect.getdoc(function), model.model_json_schema()))


async def _called(function: Function, arguments: dict[str, Any]) -> object:
    if inspect.iscoroutinefunction(function):
        return await function(**arguments)
    return await asyncio.to_thread(function, **arguments)
