"""What a call may come to, reckoned before it is made: the most it can cost, and the tokens it likely takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headrace.ai.provider import Request, Usage, estimate_usage
from headrace.json import encode

if TYPE_CHECKING:
    from headrace.ai.models import Route

OUTPUT_LIKELY = 500
# Tokenizers work on bytes, so text has at most as many tokens as bytes; protocols frame each turn with a few tokens, and
# a schema or a tool with some hundreds.
_TURN_TOKENS = 64
_SCHEMA_TOKENS = 1_024


@dataclass(frozen=True, slots=True)
class Reserve:
    """The most a call can take: tokens in and out, and their cost (`None` if the model has no known price).

    `tokens` is what it likely takes: what counts against tokens a minute until the provider reports.
    """

    input_tokens: int
    output_tokens: int
    tokens: int
    nano_usd: int | None


def bounded(route: Route, request: Request, output_max: int) -> tuple[Request, Reserve]:
    """Return the request with a bound on its output wherever that costs money, and what the call may come to then."""
    most = Usage(_input_most(request), request.max_output_tokens or output_max)
    price = route.price(most)
    if price is not None and route.is_billed and request.max_output_tokens is None:
        request = replace(request, max_output_tokens=output_max)
    output_likely = min(OUTPUT_LIKELY, most.output)
    tokens = estimate_usage(request, "").input + output_likely
    return request, Reserve(most.input, most.output, tokens, price.nano_usd if price else None)


def _input_most(request: Request) -> int:
    texts = [request.system or "", *(message.words for message in request.messages)]
    size = sum(len(text.encode("utf-8", "replace")) + _TURN_TOKENS for text in texts)
    schemas = [request.schema.definition] if request.schema else []
    schemas += [{"description": tool.description, **tool.parameters} for tool in request.tools]
    return size + sum(len(encode(schema)) + _SCHEMA_TOKENS for schema in schemas)
