"""Waiting for money: a job whose call a budget has no room for is parked, and goes on when there is room again."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from headrace.ai.admission import BudgetSpent
from headrace.ai.call import Spent
from headrace.ai.errors import BudgetExceeded, LimitReached
from headrace.ai.ledger import ledger_of
from headrace.ai.run import Run
from headrace.ai.statement import run as select
from headrace.db.connect import Connection
from headrace.ids import new_id
from headrace.jobs.wait import OpenedWait, Settlement, WaitState
from headrace.jobs.waits import lock_jobs, settle

KIND = "budget"


async def wait_for_money(run: Run, hit: BudgetSpent) -> NoReturn:
    """Park the job until its budget has room for the call; raises `BudgetExceeded` when its patience is over.

    Called between steps: within one, nothing can be parked, so the run ends with `LimitReached` and comes back later.
    """
    spent, ledger = hit.verdict, ledger_of(run.database)
    if run.step_name is not None:
        raise LimitReached(told(spent), retry_after=ledger.terms.nested_rest)
    wait = new_id()
    params = {"scope": spent.scope, "period": spent.period, "needed": spent.needed_nano_usd, "now": ledger.now}
    patience = ledger.terms.budget_patience.total_seconds()
    async with run.database.connection() as conn:
        cursor = await select(conn, "add_budget_wait", wait=wait, job=run.id, patience=patience, **params)
        [row] = await cursor.fetchall()
    if row["is_over"]:
        raise BudgetExceeded(told(spent))
    name = f"budget of {spent.scope} ({spent.period}, {wait.hex[-8:]})"
    await run.park(OpenedWait(id=wait, name=name, seq=0, kind=KIND, args_hash="", due_at=row["until"]))
    raise BudgetExceeded(told(spent))


async def release_affordable(conn: Connection, *, now: datetime | None = None) -> int:
    """Let jobs go on whose budgets have room for them again, up to a thousand, in the caller's transaction."""
    rows = await (await select(conn, "find_affordable", now=now)).fetchall()
    if not rows:
        return 0
    await lock_jobs(conn, {row["job_id"] for row in rows})
    return await settle(conn, [Settlement(wait=row["id"], state=WaitState.EXPIRED) for row in rows], now=now)


def told(spent: Spent) -> str:
    """Return what people are told of a budget that has no room."""
    return (
        f"The budget of {spent.scope} for the {spent.period} ({_usd(spent.limit_nano_usd)}) has {_usd(spent.left_nano_usd)} "
        f"left, and the call may cost {_usd(spent.needed_nano_usd)}. Raise the budget, or wait for {spent.until:%Y-%m-%d}."
    )


def _usd(nano: int) -> str:
    return f"${nano / 1e9:,.6f}".rstrip("0").rstrip(".")
