"""Rescue: the jobs of workers whose lease ran out go on elsewhere."""

from __future__ import annotations

from datetime import datetime

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.db.wake import JOBS, queue_topic
from headrace.jobs.limits import admit
from headrace.jobs.upkeep.duty import Done
from headrace.log import get_logger

log = get_logger(__name__)


async def run_once(conn: Connection, now: datetime | None) -> Done:
    """Declare workers without a lease dead and take back every running job whose worker isn't live."""
    dead = await conn.execute(query(__package__, "mark_dead_workers"), {"now": now})
    if dead.rowcount:
        log.warning("workers.dead", count=dead.rowcount)
    rescued = await (await conn.execute(query(__package__, "rescue_jobs"), {"now": now})).fetchall()
    for id_, queue, state, _ in rescued:
        log.warning("job.rescued", job_id=str(id_), queue=queue, state=state)
    await admit(conn, {key for *_, key in rescued if key}, now=now)
    wake = {queue_topic(queue) for _, queue, state, _ in rescued if state == "queued"}
    return Done(len(rescued), frozenset(wake | {JOBS} if rescued else ()))
