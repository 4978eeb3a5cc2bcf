"""What accounts leave behind is deleted: rates that owe nothing, attempts that no longer count."""

from __future__ import annotations

from datetime import datetime

from headrace.accounts.guessing import forget_attempts
from headrace.accounts.rate import forget_rates
from headrace.db.connect import Connection


async def tidy(conn: Connection, now: datetime | None) -> int:
    """Delete it; return how many rows that were."""
    return await forget_rates(conn, now) + await forget_attempts(conn, now)
