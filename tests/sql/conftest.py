"""What PostgreSQL plans for the statements that our code sends, over tables of several sizes and with wrong statistics."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from headrace.db.connect import Connection, Database
from headrace.jobs.job import Lease

ENDED = 40_000
LIVE = 24_000
WORKERS = 20
DEAD = UUID("d" * 32)
WORKER = UUID("a" * 31 + "3")
LONG = 16  # times as many, which makes a million rows

# Statistics of a queue's table are always wrong. The worst are those of a moment when it was quite another: what was
# analyzed before the rows `after` came is all that the planner knows.
WORLDS = {
    "fresh": (["ended", "live"], []),
    "analyzed when empty": ([], ["ended", "live"]),
    "analyzed when all were finished": (["ended"], ["live"]),
    "analyzed when none was finished": (["live"], ["ended"]),
}
FILLS = {
    "ended": """
        INSERT INTO headrace.jobs (id, task, queue, state, attempts, input_size, created_at, ready_at, started_at,
                                   finished_at, worker_id, unique_key, fence, runs, event_seq, input, owner, tags)
        SELECT lpad(to_hex(n), 32, '0')::uuid, 'plans.run', 'work', CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'completed' END,
               1, 2, now(), now(), now(), now(), lpad(to_hex(n % {workers}), 32, 'a')::uuid, 'key ' || n, 2, 1, 2, '{{}}',
               CASE WHEN n % {rare} = 1 THEN 'few' ELSE 'many' END,
               CASE WHEN n % 2 = 0 THEN '{{mark}}' ELSE '{{}}' END::text[]
        FROM generate_series(1, {ended}) AS n
    """,
    "live": """
        INSERT INTO headrace.jobs (id, task, queue, state, attempts, input_size, created_at, run_at, ready_at, started_at,
                                   worker_id, unique_key, limit_key, fence, runs, event_seq, input, owner)
        SELECT lpad(to_hex({ended} + n), 32, '0')::uuid, 'plans.run', 'work',
               CASE n % 8 WHEN 0 THEN 'queued' WHEN 4 THEN 'blocked' WHEN 1 THEN 'scheduled' WHEN 5 THEN 'scheduled'
                    ELSE 'running' END,
               3, 2, now(), now() + CASE WHEN n > 200 THEN interval '1 hour' ELSE interval '-1 hour' END, now(), now(),
               CASE WHEN n % 120 = 2 THEN '{dead}' ELSE lpad(to_hex(n % {workers}), 32, 'a')::uuid END,
               CASE WHEN n % 8 = 0 THEN 'key ' || n END, CASE WHEN n % 8 = 4 THEN 'limit ' || n % 50 END, 1, 1, 2, '{{}}',
               CASE WHEN n % 4 = 0 THEN 'many' END
        FROM generate_series(1, {live}) AS n
    """,
}
PARTS = """
    INSERT INTO headrace.job_events (job_id, seq, at, type, data)
    SELECT id, n, now(), 'step', '{}' FROM headrace.jobs CROSS JOIN generate_series(1, 2) AS n;
    INSERT INTO headrace.job_steps (job_id, name, seq, run, args_hash, result, started_at, finished_at)
    SELECT id, 'step', 1, 1, 'hash', '1', now(), now() FROM headrace.jobs;
    INSERT INTO headrace.waits (id, job_id, name, seq, kind, state, args_hash, opened_at, due_at, settled_at)
    SELECT id, id, 'wait', 1, 'answer', CASE WHEN state = 'running' THEN 'open' ELSE 'answered' END, 'hash', now(), run_at,
           CASE WHEN state <> 'running' THEN now() END
    FROM headrace.jobs;
    INSERT INTO headrace.job_runs (job_id, run, started_at, ended_at, outcome)
    SELECT id, 0, now(), now(), 'failed' FROM headrace.jobs;
    INSERT INTO headrace.ai_calls (id, job_id, fence, run, step, provider, model, state, started_at)
    SELECT id, id, 0, 1, 'ai.text', 'openai', 'gpt-5', CASE WHEN n <= 100 THEN 'open' ELSE 'ok' END,
           now() - interval '1 hour'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM headrace.jobs LIMIT 40000) AS numbered;
    INSERT INTO headrace.ai_messages (call_id, sealed) SELECT id, 'sealed' FROM headrace.ai_calls
"""
BARE = "ALTER TABLE headrace.{} SET (autovacuum_enabled = false)"
LARGE = ("ai_calls", "ai_messages", "waits", "jobs", "job_events", "job_steps", "job_runs")


@dataclass(frozen=True)
class Scan:
    """One reading of a table: by which index and condition, and how many rows it looked at."""

    table: str
    index: str | None
    condition: str
    rows: float


@dataclass
class World:
    """A filled database, what is in it, and the plans of what is asked of it."""

    conn: Connection
    run: Callable[[Awaitable[Any]], Any]
    worker: UUID
    times: int = 1
    """How many times as many jobs as usual it holds."""
    ids: dict[str, list[UUID]] = field(default_factory=dict)

    def leases(self, count: int) -> list[Lease]:
        """Leases of running jobs, or of some that are not there in an empty database."""
        ids = self.ids.get("running") or [UUID(int=n) for n in range(1, count + 1)]
        return [Lease(id_, 1) for id_ in ids[:count]]

    def some(self, state: str, count: int) -> list[UUID]:
        return (self.ids.get(state) or [UUID(int=n) for n in range(1, count + 1)])[:count]

    def scans(self, act: Awaitable[Any], mode: str) -> list[Scan]:
        """Return the scans of every statement that `act` sends; nothing that it does stays."""
        return self.run(self._scans(act, mode))

    async def _scans(self, act: Awaitable[Any], mode: str) -> list[Scan]:
        self.conn.sent.clear()
        async with self.conn.transaction(force_rollback=True):
            await act
        sent = [(text, params) for text, params in self.conn.sent if "headrace." in text]
        found: list[Scan] = []
        for text, params in sent:
            async with self.conn.transaction(force_rollback=True):
                found += scans_of(await self._plan(text, params, mode))
        return found

    async def _plan(self, text: str, params: dict[str, Any], mode: str) -> dict[str, Any]:
        await self.conn.execute(sql.SQL("SET LOCAL plan_cache_mode = {}").format(sql.Identifier(mode)))
        names: list[str] = []

        def number(match: re.Match[str]) -> str:
            names.append(match[1]) if match[1] not in names else None
            return f"${names.index(match[1]) + 1}"

        await self.conn.execute("PREPARE plan_guard AS " + re.sub(r"%\((\w+)\)s", number, text))  # type: ignore[arg-type]
        values = sql.SQL(", ").join([sql.Literal(params[name]) for name in names])
        explain = sql.SQL("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE plan_guard")
        asked = explain + (sql.SQL(" ({})").format(values) if names else sql.SQL(""))
        try:
            [(plan,)] = await (await self.conn.execute(asked)).fetchall()
        finally:
            await self.conn.execute("DEALLOCATE plan_guard")
        return plan[0]["Plan"]


class Recorder(psycopg.AsyncConnection[Any]):
    """A connection that remembers what is sent through it."""

    sent: list[tuple[str, dict[str, Any]]]


class RecordingCursor(psycopg.AsyncCursor[Any]):
    async def execute(self, query: Any, params: Any = None, **options: Any) -> RecordingCursor:
        text = query if isinstance(query, str) else query.as_string(self.connection)
        if isinstance(self.connection, Recorder) and (isinstance(params, dict) or params is None):
            self.connection.sent.append((text, params or {}))
        return await super().execute(query, params, **options)


def scans_of(plan: dict[str, Any]) -> list[Scan]:
    """Return every scan of a table in a plan, that of a bitmap by the index it was made from."""
    found = []
    if "Relation Name" in plan and plan["Node Type"] != "ModifyTable":
        inner = plan["Plans"][0] if plan["Node Type"] == "Bitmap Heap Scan" else plan
        removed = sum(plan.get(f"Rows Removed by {what}", 0) for what in ("Filter", "Index Recheck"))
        looked = max(plan["Actual Rows"] + removed, inner["Actual Rows"]) * plan["Actual Loops"]
        found.append(Scan(plan["Relation Name"], inner.get("Index Name"), inner.get("Index Cond", ""), looked))
    for part in plan.get("Plans", []):
        found += scans_of(part)
    return found


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


def worlds() -> Iterator[Any]:
    for name in WORLDS:
        yield pytest.param((name, 1), id=name)
        yield pytest.param((name, LONG), id=f"a million, {name}", marks=pytest.mark.long)


@pytest.fixture(scope="module", params=worlds())
def world(request, databases, loop) -> Iterator[World]:
    name, times = request.param
    with databases.copy([]) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            fill(conn, *WORLDS[name], times=times)
            rows = conn.execute("SELECT state, id FROM headrace.jobs ORDER BY id").fetchall()
        opened = loop.run_until_complete(Recorder.connect(url, autocommit=True, cursor_factory=RecordingCursor))
        opened.sent = []
        made = World(opened, loop.run_until_complete, worker=WORKER, times=times)
        for state, id_ in rows:
            made.ids.setdefault(state, []).append(id_)
        yield made
        loop.run_until_complete(opened.close())


class Growing(World):
    """A database that is empty at first, behind a connection as every process has them."""

    def fill(self) -> None:
        with psycopg.connect(self.conn.info.dsn, autocommit=True) as conn:
            conn.execute(FILLS["live"].format(**sizes(1)))
            conn.execute(PARTS)
            for state, id_ in conn.execute("SELECT state, id FROM headrace.jobs ORDER BY id"):
                self.ids.setdefault(state, []).append(id_)
            conn.execute("SELECT pg_stat_force_next_flush()")  # what is read here must not be counted later

    def rows_read_without_index(self) -> int:
        return self.run(self._sum("SELECT sum(seq_tup_read)::bigint FROM pg_stat_user_tables WHERE relname = ANY (%s)"))

    def rows_read_by_index(self) -> int:
        return self.run(
            self._sum("SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname = ANY (%s)")
        )

    async def _sum(self, asked: str) -> int:
        await self.conn.execute("SELECT pg_stat_force_next_flush()")
        return (await (await self.conn.execute(asked, [list(LARGE)])).fetchone())[0]


@pytest.fixture
def growing(database_url, loop) -> Iterator[Growing]:
    with grown(database_url, loop, keeps_plans=False) as world:
        yield world


@pytest.fixture
def growing_with_kept_plans(database_url, loop) -> Iterator[Growing]:
    with grown(database_url, loop, keeps_plans=True) as world:
        yield world


@contextmanager
def grown(database_url: str, loop: asyncio.AbstractEventLoop, *, keeps_plans: bool) -> Iterator[Growing]:
    with psycopg.connect(database_url, autocommit=True) as conn:
        fill(conn, [], [])
    database = Database(database_url, connections=1, keeps_plans=keeps_plans)
    loop.run_until_complete(database.open())
    lent = database.connection()
    yield Growing(loop.run_until_complete(lent.__aenter__()), loop.run_until_complete, worker=WORKER)
    loop.run_until_complete(lent.__aexit__(None, None, None))
    loop.run_until_complete(database.close())


def sizes(times: int) -> dict[str, object]:
    return {"ended": ENDED * times, "live": LIVE * times, "workers": WORKERS, "dead": DEAD, "rare": 2_000 * times}


def fill(conn: psycopg.Connection, before: list[str], after: list[str], *, times: int = 1) -> None:
    for table in LARGE:
        conn.execute(BARE.format(table))
    conn.execute(
        "INSERT INTO headrace.workers (id, name, queues, concurrency, started_at, lease_until) "
        "SELECT lpad(to_hex(n), 32, 'a')::uuid, 'plans', '{work}', 10, now(), now() + interval '1 hour' "
        "FROM generate_series(0, %s) AS n",
        [WORKERS - 1],
    )
    conn.execute("INSERT INTO headrace.limit_keys SELECT 'limit ' || n, 10, 5 FROM generate_series(0, 49) AS n")
    for name in before:
        conn.execute(FILLS[name].format(**sizes(times)))
    if not after:
        conn.execute(PARTS)
    conn.execute("ANALYZE")
    for name in after:
        conn.execute(FILLS[name].format(**sizes(times)))
    if after:
        conn.execute(PARTS)
