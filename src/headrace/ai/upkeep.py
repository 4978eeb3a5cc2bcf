"""What keeps the ledger in order: calls that nobody settles, limits that count what is gone, jobs that wait for money."""

from __future__ import annotations

from datetime import datetime

from headrace.ai.affording import release_affordable
from headrace.ai.limits import recount
from headrace.ai.settling import settle_orphans
from headrace.ai.statement import run
from headrace.db.connect import Connection
from headrace.jobs.upkeep.duty import Done, Duty
from headrace.log import get_logger

log = get_logger(__name__)


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Settle open calls whose run is over as lost, recount the limits, let jobs go on that budgets have room for."""
    lost = await settle_orphans(conn, now=now)
    if lost:
        log.warning("ai.calls_lost", count=lost)
    return Done(lost + await recount(conn) + await release_affordable(conn, now=now))


async def forget_answers(conn: Connection, now: datetime | None) -> Done:
    """Forget kept answers whose time is over."""
    return Done((await run(conn, "prune_answers", now=now)).rowcount)


LEDGER = Duty("ledger", 5.0, 7_231, run_once)
ANSWERS = Duty("answers", 60.0, 7_232, forget_answers)
