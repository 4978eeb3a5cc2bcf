"""Bulk actions go on, a hundred jobs at a time."""

from __future__ import annotations

from datetime import datetime

from headrace.db.connect import Connection
from headrace.jobs import bulk
from headrace.jobs.upkeep.duty import Done


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Do the next hundred jobs of the oldest bulk action."""
    return Done(await bulk.step(conn, now))
