"""When a schedule is due: a cron expression read by the clocks of a time zone."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from zoneinfo import ZoneInfo

from headrace.errors import InvalidInput
from headrace.schedules.zone import find_zone, gap_end, overlap_start, readings

CRON_MAX = 200
_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS = re.compile(r"[0-9A-Za-z*/,#?-]+( [0-9A-Za-z*/,#?-]+){4}")
# R (random: another time at every look) and H (hashed), which croniter knows too.
_UNSTEADY = re.compile(r"(?i)(^|[ ,])[rh]([ ,/]|$)")
_MINUTE = timedelta(minutes=1)
_SOME_TIME = datetime(2026, 1, 1)  # noqa: DTZ001 - a local time


@dataclass(frozen=True)
class Cron:
    """A cron expression of five fields in a time zone; make it with `parse`.

    croniter reads the expression and steps over local times. What those are in UTC is decided here, by the rules of Vixie's
    cron: an hour that is named is due once where the clock is put back, and at the end of the gap where it is put forward
    over it; every hour (`*`, `*/n`) is due as often as the clock shows it.
    """

    expression: str
    timezone: str

    @classmethod
    def parse(cls, expression: str, timezone: str) -> Cron:
        """Return a checked cron; raises `InvalidInput` for one that can't be read or never comes."""
        cron = cls(" ".join(expression.split()), timezone)
        find_zone(timezone)
        cron._check()
        return cron

    def next_after(self, instant: datetime) -> datetime:
        """Return the first time after `instant`, in UTC."""
        local = instant.astimezone(self._zone)
        wall = local.replace(tzinfo=None, fold=0, second=0, microsecond=0)
        found = next(time for own in self._walls(wall) for time in self._times(own) if time > instant)
        again = self._second_reading(wall) if self._is_hourly and not local.fold else None
        return min(found, again) if again else found

    def next_times(self, instant: datetime, count: int) -> list[datetime]:
        """Return the first `count` times after `instant`."""
        return list(islice(self._from(instant), count))

    def newest(self, after: datetime, until: datetime, most: int) -> list[datetime]:
        """Return the newest times later than `after` and not later than `until`, at most `most`, oldest first.

        The effort does not grow with how many there are, so that a minute's schedule may have been away for years.
        """
        last = self._last(after, until)
        if last is None:
            return []
        span = _MINUTE * most
        while True:
            start = max(after, last - span)
            times = deque((time for time in self._until(start, last)), maxlen=most)
            if len(times) == most or start == after:
                return list(times)
            span *= 2

    @cached_property
    def _zone(self) -> ZoneInfo:
        return find_zone(self.timezone)

    @cached_property
    def _fields(self) -> str:
        return _ALIASES.get(self.expression, self.expression)

    @cached_property
    def _is_hourly(self) -> bool:
        return self._fields.split()[1].startswith(("*", "?"))

    def _times(self, wall: datetime) -> list[datetime]:
        times = readings(wall, self._zone)
        if self._is_hourly:
            return times
        return times[:1] or [gap_end(wall, self._zone)]

    def _second_reading(self, wall: datetime) -> datetime | None:
        """Return the first time of the second pass through the overlap that `wall` lies in, where its first pass goes on."""
        start = overlap_start(wall, self._zone)
        if start is None:
            return None
        times = readings(next(self._walls(start - _MINUTE)), self._zone)
        return times[1] if len(times) > 1 else None

    def _last(self, after: datetime, until: datetime) -> datetime | None:
        """Return the last time in the span, by halving it: where a time is still to come, the last one lies ahead."""
        found = self.next_after(after)
        if found > until:
            return None
        end = until
        while end - found > _MINUTE:
            middle = found + (end - found) / 2
            later = self.next_after(middle)
            if later <= until:
                found = later
            else:
                end = middle
        later = self.next_after(found)
        return later if later <= until else found

    def _until(self, start: datetime, last: datetime) -> Iterator[datetime]:
        for time in self._from(start):
            if time > last:
                return
            yield time

    def _from(self, instant: datetime) -> Iterator[datetime]:
        while True:
            instant = self.next_after(instant)
            yield instant

    def _walls(self, wall: datetime) -> Iterator[datetime]:
        """Yield the local times after `wall`; they are given to croniter as UTC, where every day has 24 hours."""
        from croniter import croniter

        steps = croniter(self._fields, wall.replace(tzinfo=UTC))
        while True:
            yield steps.get_next(datetime).replace(tzinfo=None)

    def _check(self) -> None:
        from croniter import CroniterError

        is_shaped = _FIELDS.fullmatch(self._fields) and not _UNSTEADY.search(self._fields)
        if len(self.expression) > CRON_MAX or not is_shaped:
            raise InvalidInput(
                "A cron expression has five fields (minute, hour, day of month, month, day of week), such as `0 6 * * 1-5`, "
                f"and at most {CRON_MAX} characters; or it is one of {', '.join(_ALIASES)}",
                pointer="/cron",
            )
        try:
            next(self._walls(_SOME_TIME))
        except CroniterError as error:
            raise InvalidInput(
                f"The cron expression {self.expression!r} can't be used: {error}", pointer="/cron"
            ) from None
