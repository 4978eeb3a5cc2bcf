"""What accounts leave behind is deleted, and what an older secret key sealed is sealed anew."""

from __future__ import annotations

from datetime import datetime, timedelta

from headrace.accounts import audit, second_factor
from headrace.accounts.guessing import forget_attempts
from headrace.accounts.rate import forget_rates
from headrace.accounts.session import IDLE
from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.keyring import Keyring
from headrace.log import get_logger

log = get_logger(__name__)


async def tidy(conn: Connection, keyring: Keyring, now: datetime | None, *, audit_kept: timedelta | None = None) -> int:
    """Delete rates that owe nothing, attempts that no longer count, sessions and links that ended; seal seeds anew.

    Entries of the audit log are deleted when they are older than `audit_kept`. Returns how many rows that were.
    """
    forgotten = await forget_rates(conn, now) + await forget_attempts(conn, now) + await _forget_credentials(conn, now)
    if audit_kept is not None:
        forgotten += await _prune_audit(conn, audit_kept, now)
    return forgotten + await second_factor.reseal(conn, keyring)


async def _prune_audit(conn: Connection, kept: timedelta, now: datetime | None) -> int:
    pruned = await audit.prune(conn, kept, now=now)
    if pruned:
        log.info("audit.pruned", entries=pruned, kept_days=kept.days)
    return pruned


async def _forget_credentials(conn: Connection, now: datetime | None) -> int:
    params = {"idle": IDLE, "now": now}
    row = await (await conn.execute(query(__package__, "forget_credentials"), params)).fetchone()
    assert row is not None
    return int(row[0])
