"""A limit of a provider or a model, as it stands under its lock: how much of it is in use, and when there is room again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

MINUTE = 60
# Nobody knows when a running call ends: who waits for one looks again after so long.
LOOK_AGAIN = timedelta(seconds=0.5)


@dataclass(slots=True)
class Limit:
    """What bounds the calls to `openai`, or to `openai:gpt-5`; `None` is no bound.

    `recent` holds the requests and tokens that began in each second of the last minute, so that no 60 seconds, wherever
    they begin, have more than the limit.
    """

    name: str
    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    in_use: int = 0
    recent: dict[int, tuple[int, int]] = field(default_factory=dict)
    held_until: datetime | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Limit:
        """Return the limit of a row."""
        recent = {int(second): (counts[0], counts[1]) for second, counts in row["recent"].items()}
        return cls(**{**row, "recent": recent})

    def wait(self, tokens: int, now: datetime, aside: int = 0) -> timedelta | None:
        """Return how long a call of so many tokens has to wait, `None` if it may begin.

        Room for `aside` calls is kept for others, whose turn comes first.
        """
        self._forget(now)
        waits = [self._held(now), self._full(aside), self._requests(now, aside), self._tokens(tokens, now)]
        return max((wait for wait in waits if wait is not None), default=None)

    def take(self, tokens: int, now: datetime) -> None:
        """Count a call that begins."""
        self.in_use += 1
        second = _second(now)
        requests, before = self.recent.get(second, (0, 0))
        self.recent[second] = (requests + 1, before + tokens)

    def give_back(self, began: datetime, tokens: int) -> None:
        """Count a call off that has ended, having taken `tokens` more (or fewer) than it was counted with."""
        self.in_use = max(self.in_use - 1, 0)
        second = _second(began)
        if second in self.recent:
            requests, before = self.recent[second]
            self.recent[second] = (requests, max(before + tokens, 0))

    def hold(self, until: datetime) -> None:
        """Let nothing begin before a time."""
        self.held_until = max(until, self.held_until or until)

    def last_minute(self, now: datetime) -> tuple[int, int]:
        """Return the requests and tokens that count against the limit."""
        self._forget(now)
        return sum(n for n, _ in self.recent.values()), sum(n for _, n in self.recent.values())

    @property
    def row(self) -> dict[str, object]:
        """What is written back."""
        recent = {str(second): counts for second, counts in self.recent.items()}
        return {"name": self.name, "in_use": self.in_use, "recent": recent, "held_until": self.held_until}

    def _held(self, now: datetime) -> timedelta | None:
        return self.held_until - now if self.held_until is not None and self.held_until > now else None

    def _full(self, aside: int) -> timedelta | None:
        is_full = self.concurrency is not None and self.in_use + aside >= self.concurrency
        return LOOK_AGAIN if is_full else None

    def _requests(self, now: datetime, aside: int) -> timedelta | None:
        if self.requests_per_minute is None:
            return None
        excess = sum(requests for requests, _ in self.recent.values()) + aside + 1 - self.requests_per_minute
        return self._until(excess, 0, now)

    def _tokens(self, tokens: int, now: datetime) -> timedelta | None:
        # A call larger than the limit itself begins when nothing else has; else it never would.
        taken = sum(before for _, before in self.recent.values())
        if self.tokens_per_minute is None or not taken:
            return None
        return self._until(min(taken + tokens - self.tokens_per_minute, taken), 1, now)

    def _until(self, excess: int, part: int, now: datetime) -> timedelta | None:
        """Return how long it takes until so much of what is counted lies more than a minute back."""
        if excess <= 0:
            return None
        for second in sorted(self.recent):
            excess -= self.recent[second][part]
            if excess <= 0:
                return max(_time(second + MINUTE + 1) - now, timedelta(milliseconds=1))
        return LOOK_AGAIN  # what is left is kept aside for others

    def _forget(self, now: datetime) -> None:
        oldest = _second(now) - MINUTE
        self.recent = {second: counts for second, counts in self.recent.items() if second >= oldest}


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
