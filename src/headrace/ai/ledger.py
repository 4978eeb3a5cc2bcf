"""The ledger of AI calls: a row for every request to a provider, written before it with what it may cost, settled after.

What many calls of a process begin and end with leaves in few transactions, so that all share its connections.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from headrace.ai.call import Call, Opened, Outcome, Verdict
from headrace.ai.limits import Bounds, add_limits, declare_limits
from headrace.ai.lobby import Lobby
from headrace.ai.messages import Archive
from headrace.ai.opening import open_calls
from headrace.ai.settling import Ended, settle_calls
from headrace.clock import Clock
from headrace.db.batch import Batcher
from headrace.db.connect import Database

SHARDS = 8
_BYTES_EACH = 800

_ledgers: WeakKeyDictionary[Database, Ledger] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Terms:
    """What an installation asks of calls.

    How much one may write if its task doesn't say, how long jobs wait for budgets, the limits of the settings, which are
    set when a process makes its first call, and what seals their messages, if they are kept.
    """

    output_max: int = 16_384
    budget_patience: timedelta = timedelta(days=32)
    nested_rest: timedelta = timedelta(minutes=1)
    limits: Mapping[str, Bounds] = field(default_factory=dict)
    archive: Archive | None = None


class Ledger:
    """The ledger as one process writes it."""

    def __init__(self, database: Database, clock: Clock, terms: Terms | None = None) -> None:
        """Write to `database`, by `clock`."""
        self.lobby = Lobby()
        self.terms = terms or Terms()
        self._database = database
        self._clock = clock
        self._has_declared = False
        self._shard = random.randrange(SHARDS)
        self._opening: Batcher[Call, Verdict] = Batcher(
            self._open, name="ai calls", linger=0.0, weigh=lambda _call: _BYTES_EACH
        )
        self._ending: Batcher[Ended, bool] = Batcher(self._settle, name="ai settlements", linger=0.0, weigh=_weigh)

    @property
    def now(self) -> datetime | None:
        """What statements take as `now`."""
        return self._clock.now

    async def begin(self, call: Call) -> Verdict:
        """Write a call that is about to be made, if limits and budgets let it; else say what it has to wait for."""
        asking = asyncio.ensure_future(self._opening.put(call))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            asking.add_done_callback(lambda begun: self._take_back(call, begun))
            raise

    async def settle(self, call: Call, outcome: Outcome) -> bool:
        """Write how a call ended; false if it was settled before."""
        held = call.names[1] if outcome.hold is not None else None
        is_settled = await self._ending.put(Ended(call.id, call.job_id, outcome, held))
        self.lobby.wake(call.names)
        return is_settled

    def _take_back(self, call: Call, begun: asyncio.Future[Verdict]) -> None:
        """Settle a call that was let through when nobody was there any more to make it."""
        if not begun.cancelled() and begun.exception() is None and isinstance(begun.result(), Opened):
            outcome = Outcome(state="error", error_code="cancelled", error_message="Cancelled before it was made")
            self._ending.post(Ended(call.id, call.job_id, outcome))
            self.lobby.wake(call.names)

    async def _open(self, calls: Sequence[Call]) -> Sequence[Verdict]:
        async with self._database.connection() as conn:
            if not self._has_declared:
                await declare_limits(conn, self.terms.limits)
                self._has_declared = True
            return await open_calls(conn, calls, now=self._clock.now)

    async def _settle(self, ended: Sequence[Ended]) -> Sequence[bool]:
        held = {call.held for call in ended if call.held is not None}
        async with self._database.connection() as conn:
            if held:
                await add_limits(conn, held)
            return await settle_calls(conn, ended, shard=self._shard, now=self._clock.now)


def ledger_of(database: Database, clock: Clock | None = None, terms: Terms | None = None) -> Ledger:
    """Return the ledger of a process's connections; it is made once, by the clock and the terms that are given then."""
    if database not in _ledgers:
        _ledgers[database] = Ledger(database, clock or Clock(), terms)
    return _ledgers[database]


def _weigh(ended: Ended) -> int:
    texts = (ended.outcome.raw_answer, ended.outcome.messages) if ended.outcome else ()
    return _BYTES_EACH + sum(len(text or "") for text in texts)
