"""A budget as it stands under its lock: what a day or month may cost, and how much of that is spent and reserved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from headrace.ai.call import Spent


class Period(StrEnum):
    """How long a budget lasts; periods begin at midnight UTC."""

    DAY = "day"
    MONTH = "month"

    def begin(self, moment: datetime) -> date:
        """Return the first day of the period that a moment falls into."""
        day = moment.astimezone(UTC).date()
        return day if self is Period.DAY else day.replace(day=1)

    def end(self, begin: date) -> datetime:
        """Return the moment at which a period is over."""
        after = begin + timedelta(days=1) if self is Period.DAY else (begin + timedelta(days=32)).replace(day=1)
        return datetime(after.year, after.month, after.day, tzinfo=UTC)


@dataclass(slots=True)
class Budget:
    """Money for one scope and period; `spent` and `reserved` belong to calls that began in the period of `since`."""

    scope: str
    period: Period
    limit_nano_usd: int
    since: date
    spent_nano_usd: int
    reserved_nano_usd: int
    changed_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Budget:
        """Return the budget of a row."""
        return cls(**{**row, "period": Period(row["period"])})

    @property
    def left_nano_usd(self) -> int:
        """What may still be reserved; less than nothing when calls came to more than they reserved."""
        return self.limit_nano_usd - self.spent_nano_usd - self.reserved_nano_usd

    @property
    def ends_at(self) -> datetime:
        """When the next period begins, with all of the money."""
        return self.period.end(self.since)

    def turn(self, now: datetime) -> None:
        """Begin the present period, if that has not happened yet; calls of the last one no longer count."""
        begin = self.period.begin(now)
        if begin > self.since:
            self.since, self.spent_nano_usd, self.reserved_nano_usd = begin, 0, 0

    def refusal(self, needed: int) -> Spent | None:
        """Return why a call that may cost so much can't begin."""
        if needed <= max(self.left_nano_usd, 0):
            return None
        left = max(self.left_nano_usd, 0)
        return Spent(self.scope, self.period, self.limit_nano_usd, left, needed, self.ends_at)

    def settle(self, began: datetime, *, reserved: int, cost: int) -> None:
        """Charge a call that reserved so much and cost so much, unless its period is over."""
        if self.period.begin(began) == self.since:
            self.reserved_nano_usd = max(self.reserved_nano_usd - reserved, 0)
            self.spent_nano_usd += cost

    @property
    def row(self) -> dict[str, object]:
        """What is written back."""
        same = ("scope", "period", "since", "spent_nano_usd", "reserved_nano_usd")
        return {name: getattr(self, name) for name in same}
