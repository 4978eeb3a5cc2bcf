"""One request to a provider, from before it is made until it is settled, and what may keep it from being made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from uuid import UUID

from headrace.ai.estimate import Reserve
from headrace.ai.price import Price
from headrace.ai.provider import Usage

ERROR_CHARS_MAX = 2_000
RAW_CHARS_MAX = 64 * 1024
INSTALLATION = "installation"
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who asks whom: the job's run and step, the provider and its model, and what the call may come to.

    `rung` is why it is made: `first`, or which repair of an earlier answer.
    """

    id: UUID
    job_id: UUID
    fence: int
    run: int
    step: str
    task: str
    owner: str | None
    provider: str
    model: str
    reserve: Reserve
    rung: str = "first"

    @property
    def names(self) -> tuple[str, str]:
        """The limits it falls under."""
        return (self.provider, f"{self.provider}:{self.model}")

    @property
    def scopes(self) -> tuple[str, ...]:
        """The budgets it is charged to."""
        return scopes_of(self.task, self.owner)

    @property
    def row(self) -> dict[str, object]:
        """What is written when it begins."""
        same = ("id", "job_id", "fence", "run", "step", "task", "owner", "provider", "model", "rung")
        reserve = self.reserve
        return {name: getattr(self, name) for name in same} | {
            "reserved_input_tokens": reserve.input_tokens,
            "reserved_output_tokens": reserve.output_tokens,
            "reserved_tokens": reserve.tokens,
            "reserved_nano_usd": reserve.nano_usd,
        }


def scopes_of(task: str, owner: str | None) -> tuple[str, ...]:
    """Return the scopes of the budgets that a job's calls are charged to."""
    app = task.partition(".")[0]
    return (INSTALLATION, f"app:{app}", f"task:{task}", *([f"owner:{owner}"] if owner else []))


@dataclass(frozen=True, slots=True)
class Opened:
    """The call may be made; it is in the ledger."""


@dataclass(frozen=True, slots=True)
class Full:
    """The limit `name` has no room; look again after `wait`."""

    name: str
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Spent:
    """A budget has too little left for the call; its period ends at `until`."""

    scope: str
    period: str
    limit_nano_usd: int
    left_nano_usd: int
    needed_nano_usd: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Gone:
    """The run that asks no longer owns its job."""


Verdict: TypeAlias = Opened | Full | Spent | Gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a call ended; `usage` and `price` are `None` where nothing is known.

    `hold` is how long the provider wants no more calls to the model, `messages` what was said, sealed, where it is kept.
    """

    state: Literal["ok", "error"]
    usage: Usage | None = None
    price: Price | None = None
    answered_by: str | None = None
    first_token: timedelta | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    raw_answer: str | None = None
    rung: str | None = None
    hold: timedelta | None = None
    messages: str | None = None

    @property
    def row(self) -> dict[str, Any]:
        """What is written when it ends."""
        usage, price = self.usage, self.price
        return {
            "state": self.state,
            "answered_by": self.answered_by,
            "first_token_ms": None if self.first_token is None else round(self.first_token / _MS),
            "input_tokens": usage and usage.input,
            "output_tokens": usage and usage.output,
            "cached_tokens": usage and usage.cached,
            "reasoning_tokens": usage and usage.reasoning,
            "is_estimated": usage is not None and usage.estimated,
            "cost_nano_usd": price and price.nano_usd,
            "price": price and price.entry,
            "finish_reason": self.finish_reason,
            "error_code": self.error_code,
            "error_message": _storable(self.error_message, ERROR_CHARS_MAX),
            "raw_answer": _storable(self.raw_answer, RAW_CHARS_MAX),
            "rung": self.rung,
            "messages": self.messages,
        }


def _storable(text: str | None, most: int) -> str | None:
    return None if text is None else text[:most].replace("\0", "�").encode("utf-8", "replace").decode()
