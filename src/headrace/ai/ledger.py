"""The ledger of AI calls: one row for every request to a provider, opened before it and settled after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from headrace.ai.provider import Usage
from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.ids import new_id

ERROR_CHARS_MAX = 2_000
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks whom: the job's run and step, the provider and its model."""

    job_id: UUID
    fence: int
    run: int
    step: str
    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended; `usage` and `cost_nano_usd` are `None` where nothing is known."""

    state: Literal["ok", "error"]
    model: str | None = None
    usage: Usage | None = None
    cost_nano_usd: int | None = None
    first_token: timedelta | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    error_message: str | None = None


async def open_call(conn: Connection, call: Call) -> UUID:
    """Write the row of a call that is about to be made, and return its id."""
    call_id = new_id()
    await conn.execute(
        query(__package__, "open_call"),
        {
            "id": call_id,
            "job_id": call.job_id,
            "fence": call.fence,
            "run": call.run,
            "step": call.step,
            "provider": call.provider,
            "model": call.model,
        },
    )
    return call_id


async def settle_call(conn: Connection, call_id: UUID, outcome: Outcome) -> bool:
    """Write how the call ended; false if it was settled before."""
    usage = outcome.usage
    cursor = await conn.execute(
        query(__package__, "settle_call"),
        {
            "id": call_id,
            "state": outcome.state,
            "model": outcome.model,
            "first_token_ms": None if outcome.first_token is None else round(outcome.first_token / _MS),
            "input_tokens": usage and usage.input,
            "output_tokens": usage and usage.output,
            "cached_tokens": usage and usage.cached,
            "reasoning_tokens": usage and usage.reasoning,
            "cost_nano_usd": outcome.cost_nano_usd,
            "finish_reason": outcome.finish_reason,
            "error_code": outcome.error_code,
            "error_message": _storable(outcome.error_message),
        },
    )
    return cursor.rowcount == 1


def _storable(message: str | None) -> str | None:
    if message is None:
        return None
    return message[:ERROR_CHARS_MAX].replace("\0", "�").encode("utf-8", "replace").decode()
