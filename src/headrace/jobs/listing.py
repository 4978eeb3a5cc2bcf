"""Lists of jobs: filtered, newest first, a page at a time by the id, which rises with time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.db.query import query
from headrace.ids import CLOCK_SKEW, first_id
from headrace.jobs.job_filter import FAILURES_SEARCHED, JobFilter, conditions
from headrace.jobs.states import State
from headrace.jobs.tally import CAP

COLUMNS = sql.SQL(
    "id, task, queue, state, priority, owner, unique_key, tags, runs AS run, failures, attempts, crashes, "
    "progress, progress_note, event_seq AS events, created_at, run_at, ready_at, started_at, finished_at, "
    "cancel_requested_at, retry_of, error - 'traceback' AS error, cost_nano_usd, input_tokens, output_tokens, "
    "(SELECT c.parent_id FROM headrace.job_calls AS c WHERE c.id = call_id) AS parent_id"
)
# Of so many jobs with a label all are looked at rather than all that are in a state.
RARE = 1_000
_ID = sql.SQL("id")
_ANY = sql.SQL("SELECT *, id AS place FROM headrace.jobs")
NEWEST_FAILED = sql.SQL(
    "SELECT *, id AS place FROM headrace.jobs WHERE finished_at IS NOT NULL AND state >= 'failed' AND state <= 'failed' "
    "ORDER BY state DESC, id DESC LIMIT {}"
).format(sql.Literal(FAILURES_SEARCHED))
# By the rows of one label, each with its job: as a plain join the plan would hang on statistics.
_LABELLED = sql.SQL(
    "SELECT j.*, l.job_id AS place FROM headrace.job_labels AS l "
    "CROSS JOIN LATERAL (SELECT * FROM headrace.jobs WHERE id = l.job_id LIMIT 1) AS j WHERE l.label = {}"
)
# By the spans of one task or queue, newest first. Spans overlap: of each only what lies below all before it is read, so
# that the first rows found are the newest. A LATERAL with a LIMIT keeps the planner from reading them all to sort them.
_IN_SPANS = sql.SQL("""
    SELECT j.* FROM (
        SELECT last_ms, first_ms, min(first_ms) OVER (
            ORDER BY last_ms DESC, first_ms DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS above
        FROM headrace.job_spans WHERE label = {label} AND last_ms >= {since} AND first_ms <= {until}
        ORDER BY last_ms DESC, first_ms DESC
    ) AS s
    CROSS JOIN LATERAL (
        SELECT * FROM (SELECT *, id AS place FROM headrace.jobs) AS candidate
        WHERE place >= (lpad(to_hex(s.first_ms), 12, '0') || repeat('0', 20))::uuid
          AND place <= (lpad(to_hex(least(s.last_ms, s.above - 1)), 12, '0') || repeat('f', 20))::uuid
          AND {conditions}
        ORDER BY place DESC LIMIT {limit}
    ) AS j
    WHERE s.above IS NULL OR s.first_ms < s.above
    LIMIT {limit}
""")
_ALSO = sql.SQL("EXISTS (SELECT FROM headrace.job_labels AS k WHERE k.label = {} AND k.job_id = l.job_id LIMIT 1)")


async def list_jobs(conn: Connection, wanted: JobFilter, *, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` jobs, newest first, without input and result."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        # not prepared: each page is a text of its own, and one without parameters would keep its plan while the table grows
        await cursor.execute(await _page(conn, wanted, limit, COLUMNS), prepare=False)
        return await cursor.fetchall()


async def list_ids(conn: Connection, wanted: JobFilter, *, limit: int) -> list[UUID]:
    """Return the ids of up to `limit` jobs, newest first."""
    asked = await _page(conn, wanted, limit, _ID)
    return [id_ for (id_,) in await (await conn.execute(asked, prepare=False)).fetchall()]


async def count_jobs(conn: Connection, wanted: JobFilter) -> int:
    """Return how many jobs match, counted up to one more than 10,000."""
    counted = sql.SQL("SELECT count(*) FROM ({}) AS matching").format(await _page(conn, wanted, CAP + 1, _ID))
    row = await (await conn.execute(counted)).fetchone()
    assert row is not None
    return int(row[0])


async def search_end(conn: Connection, wanted: JobFilter) -> UUID | None:
    """Return the id of the oldest job that a search looks at now; `None` where an index knows what is asked for."""
    if wanted.searched is None:
        return None
    candidates = _candidates(wanted, await _labels(conn, wanted))
    asked = sql.SQL("SELECT place FROM ({}) AS candidate ORDER BY place LIMIT 1").format(candidates)
    row = await (await conn.execute(asked, prepare=False)).fetchone()
    return None if row is None else row[0]


async def keep_to_indexes(conn: Connection) -> None:
    """Let the planner walk along indexes in their order until the transaction ends.

    Where it believes in few rows it would collect and sort all of them, hundreds of thousands, for the first ten thousand.
    """
    await conn.execute(
        "SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), "
        "set_config('jit', 'off', true)"
    )


async def newest_of(conn: Connection, wanted: JobFilter, limit: int) -> sql.Composed | None:
    """Return, as SQL, the newest jobs of the owner, tag, or rare task or queue asked for, whatever else is asked.

    `None` if none of them is asked for, so that others are to be looked at.
    """
    labels = await _labels(conn, replace(wanted, states=()))
    if labels:
        return sql.SQL("{} ORDER BY place DESC LIMIT {}").format(_LABELLED.format(labels[0]), sql.Literal(limit))
    label = await _span_label(conn, replace(wanted, states=tuple(State)))
    return None if label is None else _in_spans(label, limit, sql.SQL("true"))


async def _page(conn: Connection, wanted: JobFilter, limit: int, columns: sql.SQL) -> sql.Composed:
    """Return the list's SQL, which names only what is asked for, so that each form has a plan of its own."""
    narrowed = sql.SQL(" AND ").join([sql.SQL("true"), *conditions(wanted)])
    label = await _span_label(conn, wanted)
    if label is not None:
        found = _in_spans(label, limit, narrowed, wanted)
        return sql.SQL("SELECT {} FROM ({}) AS found ORDER BY place DESC").format(columns, found)
    return sql.SQL("SELECT {} FROM ({}) AS candidate WHERE {} ORDER BY place DESC LIMIT {}").format(
        columns, _candidates(wanted, await _labels(conn, wanted)), narrowed, sql.Literal(limit)
    )


def _in_spans(label: str, limit: int, narrowed: sql.Composable, wanted: JobFilter | None = None) -> sql.Composed:
    """Return the newest jobs of a task or queue, between the times asked for."""
    between = wanted or JobFilter()
    since, until = first_id(between.created_from, -CLOCK_SKEW), first_id(between.created_until, CLOCK_SKEW)
    ends = [id_ for id_ in (until, between.before) if id_ is not None]
    return _IN_SPANS.format(
        label=label,
        since=_millis(since or UUID(int=0)),
        until=_millis(min(ends, default=UUID(int=2**128 - 1))),
        conditions=narrowed,
        limit=sql.Literal(limit),
    )


async def _span_label(conn: Connection, wanted: JobFilter) -> str | None:
    """Return the task or queue by whose spans to go; none if there is a better way, or jobs of a state are fewer."""
    labels = [f"task:{name}" for name in wanted.tasks if len(wanted.tasks) == 1]
    labels += [f"queue:{name}" for name in wanted.queues if len(wanted.queues) == 1]
    if not labels or wanted.owner is not None or wanted.tag is not None or wanted.ids or wanted.searched:
        return None
    if wanted.states:
        asked = {"label": labels[0], "cap": RARE}
        row = await (await conn.execute(query(__package__, "count_in_spans"), asked)).fetchone()
        if row is None or row[0] > RARE:
            return None
    return labels[0]


def _millis(id_: UUID) -> int:
    return id_.int >> 80


async def _labels(conn: Connection, wanted: JobFilter) -> list[str]:
    """Return the owner and tag asked for as labels to go by, the rarer first.

    None if many jobs have them and unfinished ones are wanted: those are fewer, and found by their state.
    """
    labels = [f"{kind}:{name}" for kind, name in (("tag", wanted.tag), ("owner", wanted.owner)) if name is not None]
    if not labels or wanted.ids:
        return []
    rows = await (await conn.execute(query(__package__, "count_labels"), {"labels": labels, "cap": RARE})).fetchall()
    is_unfinished = bool(wanted.states) and not any(state.is_final for state in wanted.states)
    return [] if is_unfinished and rows[0][1] > RARE else [label for label, _ in rows]


def _candidates(wanted: JobFilter, labels: Sequence[str]) -> sql.Composed:
    """Return the jobs to choose from: all, or those with labels; of a search only the newest, unless its end is given."""
    jobs = sql.Composed([_ANY])
    if labels:
        jobs = sql.SQL(" AND ").join([_LABELLED.format(labels[0]), *(_ALSO.format(label) for label in labels[1:])])
    is_open = wanted.searched is not None and wanted.oldest is None
    if is_open and wanted.fingerprint is not None and not labels:
        return NEWEST_FAILED
    if is_open:
        jobs = sql.SQL("{} ORDER BY place DESC LIMIT {}").format(jobs, sql.Literal(wanted.searched))
    return jobs
