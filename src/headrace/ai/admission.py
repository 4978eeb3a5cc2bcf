"""Letting a call begin: short waits for a limit pass here, at no cost of a connection; longer ones are the job's."""

from __future__ import annotations

import random
import time
from datetime import timedelta

from headrace.ai.call import Call, Full, Gone, Opened, Spent
from headrace.ai.ledger import Ledger
from headrace.errors import LeaseLost

IN_PLACE = timedelta(seconds=5)


class NotNow(BaseException):
    """Ends a step that asks before anything was asked: a limit has no room for long, or a budget no money."""

    def __init__(self, verdict: Full | Spent) -> None:
        """Keep what the call has to wait for."""
        super().__init__(verdict)
        self.verdict = verdict


async def admit(ledger: Ledger, call: Call) -> None:
    """Return once the call is in the ledger and may be made; raises `NotNow`, or `LeaseLost`."""
    deadline = time.monotonic() + IN_PLACE.total_seconds()
    while True:
        verdict = await ledger.begin(call)
        match verdict:
            case Opened():
                return
            case Spent():
                raise NotNow(verdict)
            case Gone():
                raise LeaseLost(f"This run no longer owns job {call.job_id}; it goes on elsewhere")
            case Full(name, wait):
                seconds = wait.total_seconds()
                if time.monotonic() + seconds > deadline:
                    raise NotNow(verdict)
                await ledger.lobby.wait(name, seconds * random.uniform(1.0, 1.2))
