"""Millions of plain finished jobs, for lists and charts at their largest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import psycopg

from headrace.db.connect import conninfo
from headrace.db.query import query

CHUNK = 100_000


def add_bare_jobs(
    url: str, jobs: int, *, now: datetime | None = None, tell: Callable[[int], None] | None = None
) -> None:
    """Add finished jobs of 41 tasks, half a second apart up to `now`; `tell` hears after each chunk how many there are.

    Five million take some minutes. Run it again and the ids, which follow from `now`, are others.
    """
    with psycopg.connect(conninfo(url, "headrace demo"), autocommit=True) as conn:
        for first in range(1, jobs + 1, CHUNK):
            last = min(jobs, first + CHUNK - 1)
            with conn.transaction():
                params = {"first": first, "last": last, "all": jobs, "now": now}
                made = conn.execute(query(__package__, "insert_bare_jobs"), params)
                ids = [id_ for (id_,) in made.fetchall()]
                conn.execute(query(__package__, "count_endings"), {"ids": ids, "now": now})
            if tell:
                tell(last)
        conn.execute("VACUUM ANALYZE")
