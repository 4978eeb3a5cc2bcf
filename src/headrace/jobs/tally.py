"""A number that was counted only so far: exact up to a cap, then "10,000+"."""

from __future__ import annotations

from dataclasses import dataclass

CAP = 10_000


@dataclass(frozen=True, slots=True)
class Tally:
    """How many there are; `is_exact` is false when there are more than `count`."""

    count: int
    is_exact: bool = True

    @classmethod
    def of(cls, found: int) -> Tally:
        """Return the tally of rows counted up to one more than the cap."""
        return cls(min(found, CAP), found <= CAP)

    @property
    def text(self) -> str:
        """How people read it."""
        return f"{self.count:,}" + ("" if self.is_exact else "+")
