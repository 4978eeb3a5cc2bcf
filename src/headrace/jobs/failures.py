"""Failed jobs, grouped by what they have in common; the newest 10,000 are looked through."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from headrace.db.connect import Connection
from headrace.jobs.job_filter import FAILURES_SEARCHED, JobFilter
from headrace.jobs.listing import NEWEST_FAILED, keep_to_indexes, newest_of

GROUPS_MAX = 100
BINS = 24
# The id of a job rises with its submission, not with its end: what ended within a time is told by the rows alone.
_GROUPS = sql.SQL("""
    WITH looked_at AS MATERIALIZED ({candidates}), failed AS (
        SELECT id, task, finished_at, error ->> 'code' AS code, error ->> 'type' AS type,
               left(error ->> 'message', 1000) AS message,
               coalesce(error ->> 'fingerprint', error ->> 'code') AS fingerprint,
               width_bucket(extract(epoch FROM finished_at), extract(epoch FROM {begin}), extract(epoch FROM {end}), {bins})
               AS bin
        FROM looked_at
        WHERE state = 'failed' AND finished_at >= {begin} AND finished_at < {end}
          AND ({task}::text IS NULL OR task = {task}) AND ({queue}::text IS NULL OR queue = {queue})
    )
    SELECT fingerprint, count(*) AS jobs, min(finished_at) AS first_at, max(finished_at) AS last_at,
           (array_agg(id ORDER BY finished_at DESC, id DESC))[1:5] AS newest, array_agg(DISTINCT task) AS tasks,
           (array_agg(code ORDER BY finished_at DESC, id DESC))[1] AS code,
           (array_agg(type ORDER BY finished_at DESC, id DESC))[1] AS type,
           (array_agg(message ORDER BY finished_at DESC, id DESC))[1] AS message,
           array_agg(bin) AS bin_of_each, (SELECT count(*) FROM looked_at) AS looked_at
    FROM failed
    GROUP BY fingerprint
    ORDER BY max(finished_at) DESC
    LIMIT {limit}
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """Failed jobs with one fingerprint; `newest` are up to five of them, code, type and message those of the newest."""

    fingerprint: str | None
    jobs: int
    first_at: datetime
    last_at: datetime
    newest: list[UUID]
    tasks: list[str]
    code: str | None
    type: str | None
    message: str | None
    bin_of_each: list[int]
    looked_at: int

    @property
    def bins(self) -> list[int]:
        """Return how many jobs failed in each of 24 equal parts of the time, the oldest first."""
        jobs = Counter(self.bin_of_each)
        return [jobs[place] for place in range(1, BINS + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureFilter:
    """Which failures are meant: jobs that ended from `begin` to `end`."""

    begin: datetime
    end: datetime
    task: str | None = None
    queue: str | None = None
    owner: str | None = None


async def group_failures(conn: Connection, wanted: FailureFilter, *, limit: int = GROUPS_MAX) -> list[FailureGroup]:
    """Return the groups, the one that failed last first; of an owner his newest 10,000 jobs are looked through."""
    of_owner = JobFilter(owner=wanted.owner)
    values = {name: getattr(wanted, name) for name in ("begin", "end", "task", "queue")} | {
        "bins": BINS,
        "limit": limit,
    }
    async with conn.transaction(), conn.cursor(row_factory=class_row(FailureGroup)) as cursor:
        await keep_to_indexes(conn)
        candidates = await newest_of(conn, of_owner, FAILURES_SEARCHED) if wanted.owner is not None else None
        literals = {name: sql.Literal(value) for name, value in values.items()}
        asked = _GROUPS.format(candidates=candidates or NEWEST_FAILED, **literals)
        await cursor.execute(asked, prepare=False)
        return await cursor.fetchall()
