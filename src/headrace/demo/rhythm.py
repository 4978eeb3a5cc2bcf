"""When people work: much on weekdays from nine to five, little at night and at weekends."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

DAYS = 7
_BY_HOUR = (2, 1, 1, 1, 1, 2, 6, 9, 16, 24, 27, 26, 20, 23, 27, 25, 22, 15, 9, 7, 6, 5, 4, 3)
_WEEKEND = 0.3
_SATURDAY = 5


class Rhythm:
    """The hours of the week that ends at `end`, each with its share of the work."""

    def __init__(self, end: datetime) -> None:
        """Weigh the hours before `end`."""
        self.begin = end - timedelta(days=DAYS)
        self._hours = [self.begin + timedelta(hours=hour) for hour in range(DAYS * 24)]
        self._weights = [_weight(hour) for hour in self._hours]

    def moment(self, rng: random.Random) -> datetime:
        """Return a moment of the week, rather in a busy hour than in a quiet one."""
        [hour] = rng.choices(self._hours, self._weights)
        return hour + timedelta(seconds=rng.uniform(0, 3_600))


def _weight(hour: datetime) -> float:
    return _BY_HOUR[hour.hour] * (_WEEKEND if hour.weekday() >= _SATURDAY else 1)
