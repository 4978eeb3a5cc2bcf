"""Pruning: what is kept for a while only is forgotten."""

from __future__ import annotations

from datetime import datetime

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.upkeep.duty import Done


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Forget old idempotency keys, long-ended workers and spans without jobs; keep old counters by the hour."""
    keys = await conn.execute(query(__package__, "prune_idempotency_keys"), {"now": now})
    workers = await conn.execute(query(__package__, "prune_workers"), {"now": now})
    rolled = await (await conn.execute(query(__package__, "roll_counters"), {"now": now})).fetchone()
    counters = await conn.execute(query(__package__, "prune_counters"), {"now": now})
    spans = await conn.execute(query(__package__, "prune_spans"))
    return Done(keys.rowcount + workers.rowcount + counters.rowcount + spans.rowcount + (rolled[0] if rolled else 0))
