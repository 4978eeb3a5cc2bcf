"""Lists of jobs: filtered, newest first, a page at a time by the id, which rises with time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.rows import dict_row

from headrace.db.connect import Connection
from headrace.jobs.states import State
from headrace.jobs.tally import CAP

COLUMNS = sql.SQL(
    "id, task, queue, state, priority, owner, unique_key, tags, runs AS run, failures, attempts, crashes, "
    "progress, progress_note, event_seq AS events, created_at, run_at, ready_at, started_at, finished_at, "
    "cancel_requested_at, retry_of, error, cost_nano_usd, input_tokens, output_tokens"
)
# Ids carry the clock of the machine that made them, `created_at` the database's: they may disagree by so much.
CLOCK_SKEW = timedelta(hours=1)
SEARCHED = 50_000
_NEWEST = sql.SQL("(SELECT * FROM headrace.jobs ORDER BY id DESC LIMIT {}) AS newest").format(sql.Literal(SEARCHED))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs to list; what is left empty does not narrow. `before` is the id at which the last page ended.

    `shortest` and `longest` bound the last run of finished jobs, `error_text` is part of the error's message in any case,
    `input_values` are texts by dotted path.
    """

    states: Sequence[State] = ()
    tasks: Sequence[str] = ()
    queues: Sequence[str] = ()
    owner: str | None = None
    tag: str | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    shortest: timedelta | None = None
    longest: timedelta | None = None
    error_text: str | None = None
    input_values: Mapping[str, str] = field(default_factory=dict)
    before: UUID | None = None

    @property
    def is_search(self) -> bool:
        """Whether it asks for what no index knows: then only the newest 50,000 jobs are looked through."""
        return bool(self.shortest or self.longest or self.error_text or self.input_values)


async def list_jobs(conn: Connection, wanted: JobFilter, *, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` jobs, newest first, without input and result."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        # not prepared: each page is a text of its own, and one without parameters would keep its plan while the table grows
        await cursor.execute(statement(wanted, limit=limit), prepare=False)
        return await cursor.fetchall()


async def list_ids(conn: Connection, wanted: JobFilter, *, limit: int) -> list[UUID]:
    """Return the ids of up to `limit` jobs, newest first."""
    rows = await (await conn.execute(statement(wanted, limit=limit, columns=sql.SQL("id")), prepare=False)).fetchall()
    return [id_ for (id_,) in rows]


async def count_jobs(conn: Connection, wanted: JobFilter) -> int:
    """Return how many jobs match, counted up to one more than 10,000."""
    counted = sql.SQL("SELECT count(*) FROM ({}) AS matching").format(
        statement(wanted, limit=CAP + 1, columns=sql.SQL("id"))
    )
    row = await (await conn.execute(counted)).fetchone()
    assert row is not None
    return int(row[0])


def statement(wanted: JobFilter, *, limit: int, columns: sql.SQL = COLUMNS) -> sql.Composed:
    """Return the list's SQL, which names only what is asked for, so that each form has a plan of its own."""
    conditions = sql.SQL(" AND ").join([sql.SQL("true"), *_conditions(wanted)])
    jobs = _NEWEST if wanted.is_search else sql.SQL("headrace.jobs")
    return sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY id DESC LIMIT {}").format(
        columns, jobs, conditions, sql.Literal(limit)
    )


def first_id(moment: datetime | None, skew: timedelta) -> UUID | None:
    """Return the lowest UUIDv7 of a moment, so that the scan over ids begins and ends near the time asked for."""
    if moment is None:
        return None
    since_epoch = max(timedelta(0), moment - datetime(1970, 1, 1, tzinfo=UTC) + skew)
    millis = min(since_epoch // timedelta(milliseconds=1), (1 << 48) - 1)
    return UUID(int=millis << 80)


def _conditions(wanted: JobFilter) -> list[sql.Composed]:
    pairs: list[tuple[LiteralString, object]] = [
        _one_of("state", [str(state) for state in wanted.states]),
        _one_of("task", wanted.tasks),
        _one_of("queue", wanted.queues),
        ("owner = {}", wanted.owner),
        ("tags @> ARRAY[{}]", wanted.tag),
        ("created_at >= {}", wanted.created_from),
        ("created_at < {}", wanted.created_until),
        ("id >= {}", first_id(wanted.created_from, -CLOCK_SKEW)),
        ("id < {}", first_id(wanted.created_until, CLOCK_SKEW)),
        ("id < {}", wanted.before),
    ]
    pairs += [
        ("finished_at - started_at >= {}", wanted.shortest),
        ("finished_at - started_at <= {}", wanted.longest),
        ("strpos(lower(error ->> 'message'), lower({})) > 0", wanted.error_text),
    ]
    asked = [sql.SQL(text).format(sql.Literal(value)) for text, value in pairs if value is not None]
    asked += [
        sql.SQL("input #>> {} = {}").format(sql.Literal(path.split(".")), sql.Literal(value))
        for path, value in wanted.input_values.items()
    ]
    if wanted.states and all(state.is_final for state in wanted.states):
        asked.append(sql.Composed([sql.SQL("finished_at IS NOT NULL")]))
    return asked


def _one_of(column: LiteralString, values: Sequence[str]) -> tuple[LiteralString, object]:
    """Ask for a single value by `=`: only so does an index on (state, id) return the ids in order before PostgreSQL 17."""
    return (column + " = {}", values[0]) if len(values) == 1 else (column + " = ANY ({})", list(values) or None)
