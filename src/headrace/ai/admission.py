"""Letting a call begin: short waits for a limit pass here, at no cost of a connection; longer ones are the job's."""

from __future__ import annotations

import random
import time
from datetime import timedelta

from headrace.ai.call import Call, Full, Gone, Opened, Spent
from headrace.ai.errors import LimitReached
from headrace.ai.ledger import Ledger
from headrace.errors import LeaseLost

IN_PLACE = timedelta(seconds=5)
REST = timedelta(seconds=2)
REST_MAX = timedelta(minutes=1)


class BudgetSpent(BaseException):
    """Ends a step before anything was asked, since a budget has no room: the job is parked, once it is out of the step."""

    def __init__(self, verdict: Spent) -> None:
        """Keep which budget it is, and what the call needs of it."""
        super().__init__(verdict)
        self.verdict = verdict


async def admit(ledger: Ledger, call: Call) -> None:
    """Return once the call is in the ledger and may be made; raises `LimitReached`, `BudgetSpent` or `LeaseLost`."""
    deadline = time.monotonic() + IN_PLACE.total_seconds()
    while True:
        verdict = await ledger.begin(call)
        match verdict:
            case Opened():
                return
            case Spent():
                raise BudgetSpent(verdict)
            case Gone():
                raise LeaseLost(f"This run no longer owns job {call.job_id}; it goes on elsewhere")
            case Full(name, wait):
                seconds = wait.total_seconds()
                if time.monotonic() + seconds > deadline:
                    raise LimitReached(
                        f"The limit of {name} has no room; the job comes back when it may have",
                        retry_after=max(wait, rest(call.run)),
                    )
                await ledger.lobby.wait(name, seconds * random.uniform(1.0, 1.2))


def rest(run: int) -> timedelta:
    """Return how long a job rests whose call found no room: longer from run to run, since free runs are bounded."""
    return min(REST * run, REST_MAX)
