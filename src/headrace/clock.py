"""Time: the database's clock decides; a moved clock is passed to every query that looks at the time.

Queries take `%(now)s` and read `coalesce(%(now)s::timestamptz, now())`: `None` means the database's own clock, so that
processes on machines with wrong clocks agree. Tests pass a moved time instead of sleeping.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """The database's clock, or one that tests move by hand."""

    def __init__(self, moved_to: datetime | None = None) -> None:
        """Follow the database, unless a time to stand at is given."""
        self._moved_to = moved_to

    @property
    def now(self) -> datetime | None:
        """What queries take as `now`: `None` (ask the database) unless the clock was moved."""
        return self._moved_to

    def advance(self, by: timedelta) -> datetime:
        """Stand still at `by` after the present time, and say which time that is."""
        self._moved_to = (self._moved_to or datetime.now(UTC)) + by
        return self._moved_to
