"""A worker's lease: one row on the database's clock, 30 s long, renewed every 10 s."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import psycopg

from headrace.db.connect import Connection, conninfo
from headrace.db.patience import BoundedSyncConnection
from headrace.db.query import query
from headrace.jobs.finish import release_sync
from headrace.jobs.job import Lease
from headrace.log import get_logger

log = get_logger(__name__)

LEASE = 30.0
RENEW_EVERY = 10.0


async def register(
    conn: Connection, worker: UUID, *, name: str, queues: Sequence[str], concurrency: int, now: datetime | None = None
) -> None:
    """Enter a worker, with a full lease."""
    params = {
        "id": worker,
        "name": name,
        "queues": list(queues),
        "concurrency": concurrency,
        "lease": LEASE,
        "now": now,
    }
    await conn.execute(query(__package__, "register_worker"), params)


async def announce_stopping(conn: Connection, worker: UUID) -> None:
    """Make the database refuse further claims of this worker; it keeps its lease while its jobs end."""
    await conn.execute(query(__package__, "end_worker"), {"id": worker, "state": "stopping"})


async def retire(conn: Connection, worker: UUID) -> None:
    """End a worker that holds no job any more."""
    await conn.execute(query(__package__, "end_worker"), {"id": worker, "state": "stopped"})


async def find_running(conn: Connection, worker: UUID, *, now: datetime | None = None) -> list[Lease]:
    """Return what runs in a worker's name, whether it knows of it or not."""
    cursor = await conn.execute(query(__package__, "find_strangers"), {"id": worker, "age": 0, "now": now})
    return [Lease(*row) for row in await cursor.fetchall()]


def renew(conn: psycopg.Connection, worker: UUID, *, running: int, now: datetime | None = None) -> bool:
    """Renew the lease; false if the worker was declared dead, and what runs in its name is lost."""
    params = {"id": worker, "running": running, "lease": LEASE, "now": now}
    return conn.execute(query(__package__, "renew_lease"), params).rowcount == 1


def give_up(conn: psycopg.Connection, worker: UUID, *, now: datetime | None = None) -> None:
    """Give back what runs in a worker's name, at no cost, and retire it: from a thread, while its event loop is blocked."""
    running = conn.execute(query(__package__, "find_strangers"), {"id": worker, "age": 0, "now": now}).fetchall()
    release_sync(conn, [Lease(*row) for row in running], now=now)
    conn.execute(query(__package__, "end_worker"), {"id": worker, "state": "stopped"})


def expire_now(url: str, worker: UUID) -> None:
    """Let a dead worker's lease run out at once, so that its jobs go on elsewhere; never raises for a lost database."""
    try:
        with BoundedSyncConnection.connect(conninfo(url, "headrace supervisor"), autocommit=True) as conn:
            conn.execute(query(__package__, "expire_lease"), {"id": worker})
    except psycopg.Error as error:
        log.warning("lease.not_expired", worker=str(worker), error=str(error).strip())
