"""When people work: much from nine to five, little at night and on two days of the week."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

DAYS = 7
_BY_HOUR = (2, 1, 1, 1, 1, 2, 6, 9, 16, 24, 27, 26, 20, 23, 27, 25, 22, 15, 9, 7, 6, 5, 4, 3)
# In the middle of the week told, whatever its weekdays: what people look at first is the last day, and the last hours.
_DAYS_OFF = {2, 3}
_DAY_OFF = 0.3
_RECENT_HOURS = 4
_RECENT = 30


class Rhythm:
    """The hours of the week that ends at `end`, each with its share of the work."""

    def __init__(self, end: datetime) -> None:
        """Weigh the hours before `end`."""
        self.begin = end - timedelta(days=DAYS)
        self._hours = [self.begin + timedelta(hours=hour) for hour in range(DAYS * 24)]
        self._weights = [self._weight(place) for place in range(DAYS * 24)]

    def moment(self, rng: random.Random) -> datetime:
        """Return a moment of the week, rather in a busy hour than in a quiet one."""
        [hour] = rng.choices(self._hours, self._weights)
        return hour + timedelta(seconds=rng.uniform(0, 3_600))

    def _weight(self, place: int) -> float:
        if place >= DAYS * 24 - _RECENT_HOURS:
            return _RECENT
        return _BY_HOUR[self._hours[place].hour] * (_DAY_OFF if place // 24 in _DAYS_OFF else 1)
