"""Rates of requests: how many a key, a person or an address may send, the same for all processes together.

The arithmetic is GCRA's (ITU-T I.371, annex A): one time per key, by which what was taken will have been earned. A process
takes what a tenth of a second earns in advance, so that most requests ask nobody, and what it takes for many keys is one
statement. What it took and did not use within a second is lost.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from headrace.clock import Clock
from headrace.db.batch import Batcher
from headrace.db.connect import BROKEN, Connection, Database
from headrace.db.query import query
from headrace.errors import HeadraceError
from headrace.log import get_logger

log = get_logger(__name__)

LEASE_WORTH = 0.1
LEASE_LIFE = 1.0
LINGER = 0.002
PATIENCE = 0.5
KEYS_MAX = 10_000


class RateLimited(HeadraceError):
    """More requests came than the limit allows; `retry_after` says when the next one is taken."""

    code = "rate_limited"
    status = 429


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `count` requests at once, which come back evenly over `seconds`."""

    count: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> Allowance | None:
        """Read `600/60`; `0` is no limit."""
        count, _, seconds = text.partition("/")
        return cls(int(count), int(seconds)) if seconds else None

    @property
    def spacing(self) -> float:
        """Seconds in which one request is earned."""
        return self.seconds / self.count

    @property
    def block(self) -> int:
        """How many a process takes in advance."""
        return max(1, math.floor(LEASE_WORTH / self.spacing))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request found: how many more may come, in how many seconds all may, and how long it has to wait itself."""

    remaining: int
    reset: float
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class _Asked:
    key: str
    allowance: Allowance


@dataclass(slots=True)
class _Lease:
    """What a process holds of a key until `until`; while it waits, it has nothing to give and doesn't ask."""

    left: int
    until: float
    reading: Reading


class Meter:
    """The rates of one process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep them in this database."""
        self._database = database
        self._clock = clock
        self._leases: dict[str, _Lease] = {}
        self._batcher: Batcher[_Asked, Reading] = Batcher(
            self._debit, name="rates", linger=LINGER, weigh=lambda asked: len(asked.key), patience=PATIENCE
        )

    async def take(self, key: str, allowance: Allowance) -> Reading:
        """Take one request of a key's allowance; `wait` of the answer is more than 0 if there was none left.

        While the database is away everything passes: the limit must not be the outage.
        """
        lease = self._leases.get(key)
        if lease is not None and time.monotonic() < lease.until:
            if lease.reading.wait:
                return Reading(0, lease.reading.reset, max(0.001, lease.until - time.monotonic()))
            if lease.left:
                lease.left -= 1
                return Reading(lease.reading.remaining + lease.left, lease.reading.reset)
        try:
            return await self._batcher.put(_Asked(key, allowance), urgent=False)
        except BROKEN as error:
            log.warning("rates.unmeasured", error=str(error))
            return Reading(allowance.count, 0.0)

    async def _debit(self, asked: Sequence[_Asked]) -> Sequence[Reading]:
        waiting: dict[str, list[int]] = {}
        for place, one in enumerate(asked):
            waiting.setdefault(one.key, []).append(place)
        allowances = {one.key: one.allowance for one in asked}
        async with self._database.connection() as conn:
            granted = await debit(
                conn,
                {key: (own, max(own.block, len(waiting[key]))) for key, own in allowances.items()},
                self._clock.now,
            )
        if len(self._leases) > KEYS_MAX:
            self._leases.clear()
        readings: dict[int, Reading] = {}
        for key, places in waiting.items():
            readings |= self._share(key, places, *granted[key])
        return [readings[place] for place in range(len(asked))]

    def _share(self, key: str, places: Sequence[int], count: int, left: Reading) -> dict[int, Reading]:
        """Give what was granted to those who wait, in their order, and keep the rest."""
        rest = range(left.remaining + count - 1, -1, -1)  # what this process holds in advance is left, too
        shared = {place: Reading(more, left.reset) for place, more in zip(places[:count], rest, strict=False)}
        shared |= dict.fromkeys(places[count:], Reading(0, left.reset, max(left.wait, 0.001)))
        now = time.monotonic()
        if len(places) > count:
            self._leases[key] = _Lease(0, now + min(left.wait, LEASE_LIFE), Reading(0, left.reset, left.wait))
        else:
            self._leases[key] = _Lease(count - len(places), now + LEASE_LIFE, left)
        return shared


async def debit(
    conn: Connection, wanted: dict[str, tuple[Allowance, int]], now: datetime | None = None
) -> dict[str, tuple[int, Reading]]:
    """Take up to as many of each key as wanted; return how many it were, and what is left."""
    rows = [
        {"key": key, "spacing": own.spacing, "capacity": own.count, "wanted": min(count, own.count)}
        for key, (own, count) in wanted.items()
    ]
    cursor = await conn.execute(query(__package__, "debit_rates"), {"batch": orjson.dumps(rows).decode(), "now": now})
    found = {}
    for key, granted, ahead in await cursor.fetchall():
        own, count = wanted[key]
        room = own.count * own.spacing - ahead
        wait = max(0.0, own.spacing - room) if granted < count else 0.0
        found[key] = granted, Reading(max(0, math.floor(room / own.spacing + 1e-6)), max(0.0, ahead), wait)
    return found


async def forget_rates(conn: Connection, now: datetime | None) -> int:
    """Delete keys that have not been used for an hour; return how many."""
    cursor = await conn.execute(query(__package__, "forget_rates"), {"now": now, "age": timedelta(hours=1)})
    return cursor.rowcount
