"""Completing: what most runs come to, written by a statement that knows of nothing else and whose plan is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import orjson

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.jobs.job import Ending, Outcome


def may_complete(outcome: Outcome) -> bool:
    """Whether `complete` may be tried: the run returned, and as it was claimed nothing hung on the job's end."""
    return outcome.ending is Ending.COMPLETED and outcome.lease.is_plain and outcome.result is not None


async def complete(conn: Connection, outcomes: Sequence[Outcome], *, now: datetime | None = None) -> list[Outcome]:
    """Write outcomes that may complete, and return those of them that were not written: `finish` sees to them."""
    batch = sorted(outcomes, key=lambda outcome: outcome.lease.job_id.int)
    params = {
        "ids": _array([outcome.lease.job_id for outcome in batch]),
        "fences": _array([outcome.lease.fence for outcome in batch]),
        "results": orjson.dumps([orjson.Fragment(outcome.result or b"null") for outcome in batch]).decode(),
        "now": now,
    }
    rows = await (await conn.execute(query(__package__, "complete_jobs"), params)).fetchall()
    written = {place for (places,) in rows for place in places}
    return [] if len(written) == len(batch) else [o for place, o in enumerate(batch, 1) if place not in written]


def _array(values: Sequence[object]) -> str:
    """Return an array as PostgreSQL reads it; what JSON makes of ids and numbers needs no escapes."""
    return f"{{{orjson.dumps(values).decode()[1:-1]}}}"
