"""Links that show one job to whoever has them, until they end; the database has the hash of their token alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from headrace.accounts.link import hash_of
from headrace.accounts.permission import Permission
from headrace.accounts.principal import Kind, Principal
from headrace.db.connect import Connection, note_topics
from headrace.db.query import query
from headrace.db.wake import ACCOUNTS
from headrace.errors import Conflict, NotFound
from headrace.ids import new_id

PREFIX = "hs_"
LIFE = timedelta(days=7)
LIFE_MAX = timedelta(days=366)
LINKS_MAX = 100
TOKEN_CHARS = 46  # the prefix and 32 random bytes


@dataclass(frozen=True, slots=True)
class JobLink:
    """A link to a job as lists show it; its token is shown once, when it is made."""

    id: UUID
    job_id: UUID
    made_by: UUID | None
    created_at: datetime
    expires_at: datetime


async def create(
    conn: Connection, job_id: UUID, *, made_by: UUID | None, life: timedelta = LIFE, now: datetime | None = None
) -> tuple[JobLink, str]:
    """Make a link to a job and return it with its token; raises `Conflict` at the hundredth of a job."""
    if len(await list_links(conn, job_id, now=now)) >= LINKS_MAX:
        raise Conflict(f"The job has {LINKS_MAX} links already; withdraw those that nobody uses")
    token = PREFIX + secrets.token_urlsafe(32)
    values = {"id": new_id(), "job": job_id, "hash": hash_of(token), "made_by": made_by, "life": life, "now": now}
    async with conn.cursor(row_factory=class_row(JobLink)) as cursor:
        await cursor.execute(query(__package__, "create_job_link"), values)
        made = await cursor.fetchone()
    assert made is not None
    return made, token


async def find(conn: Connection, token: str, *, now: datetime | None = None) -> Principal | None:
    """Return who has a link: somebody who may read its job and nothing else; `None` if it ended or its maker is disabled."""
    params = {"hash": hash_of(token), "now": now}
    row = await (await conn.execute(query(__package__, "find_job_link"), params)).fetchone()
    if row is None:
        return None
    link_id, job_id = row
    return Principal(
        kind=Kind.LINK,
        name=f"link {link_id}",
        credential_id=link_id,
        permissions=frozenset({Permission.JOBS_READ}),
        job_id=job_id,
    )


def is_well_formed(token: str) -> bool:
    """Whether a text may be a link's token."""
    return token.startswith(PREFIX) and len(token) == TOKEN_CHARS and token.isascii()


async def list_links(conn: Connection, job_id: UUID, *, now: datetime | None = None) -> list[JobLink]:
    """Return the links to a job that still count, the newest first."""
    async with conn.cursor(row_factory=class_row(JobLink)) as cursor:
        await cursor.execute(query(__package__, "list_job_links"), {"job": job_id, "now": now})
        return await cursor.fetchall()


async def withdraw(conn: Connection, job_id: UUID, link_id: UUID) -> None:
    """End a link to a job; raises `NotFound`."""
    ended = await conn.execute("DELETE FROM headrace.job_links WHERE id = %s AND job_id = %s", (link_id, job_id))
    if not ended.rowcount:
        raise NotFound(f"There is no link {link_id} to that job")
    note_topics(conn, {ACCOUNTS})
