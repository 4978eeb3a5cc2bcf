"""How many jobs stand in each state: looked at by the index that holds them, and never further than a cap."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from psycopg import sql

from headrace.db.connect import Connection
from headrace.ids import CLOCK_SKEW, first_id
from headrace.jobs.job_filter import JobFilter, conditions
from headrace.jobs.listing import keep_to_indexes, newest_of
from headrace.jobs.states import State
from headrace.jobs.tally import CAP, Tally

_KEY = sql.SQL("(CASE state WHEN 'blocked' THEN limit_key END)")
_TIME = sql.SQL("(CASE state WHEN 'scheduled' THEN run_at END)")
_RESTING = sql.SQL("state IN ('scheduled', 'blocked', 'waiting') AND {} ORDER BY {}, {}, priority, id")
# What makes the planner go by the index that holds the jobs of a state, in its order; final ones the newest first.
_PLACES = {
    State.QUEUED: sql.SQL("state = 'queued' ORDER BY queue, alone, priority, ready_at, id"),
    State.RUNNING: sql.SQL("state = 'running' ORDER BY worker_id"),
    State.BLOCKED: _RESTING.format(sql.SQL("{} IS NOT NULL").format(_KEY), _KEY, _TIME),
    State.SCHEDULED: _RESTING.format(sql.SQL("{} IS NULL AND {} IS NOT NULL").format(_KEY, _TIME), _KEY, _TIME),
    State.WAITING: _RESTING.format(sql.SQL("{} IS NULL AND {} IS NULL").format(_KEY, _TIME), _KEY, _TIME),
}
_FINAL = sql.SQL(
    "finished_at IS NOT NULL AND (state, id) >= ({state}, {since}) AND (state, id) <= ({state}, {until}) "
    "ORDER BY state DESC, id DESC"
)
_OF_STATE = sql.SQL("""
    SELECT {state} AS state, count(*) FILTER (WHERE {narrowed}) AS jobs, count(*) AS looked_at
    FROM (SELECT *, id AS place FROM headrace.jobs WHERE {place} LIMIT {limit}) AS candidate
""")
_OF_ALL = sql.SQL("""
    SELECT state, count(*) FILTER (WHERE {narrowed}) AS jobs, sum(count(*)) OVER () AS looked_at
    FROM ({candidates}) AS candidate GROUP BY state
""")


async def count_states(conn: Connection, wanted: JobFilter) -> dict[State, Tally]:
    """Return how many of the jobs asked for are in each state, whatever states `wanted` names.

    Looked at are the newest 10,000 jobs of the owner, tag, or rare task or queue asked for, and 10,000 of each state: a
    number that is not exact says that there are at least so many.
    """
    async with conn.transaction():
        await keep_to_indexes(conn)
        return await _count_states(conn, replace(wanted, states=(), before=None))


async def _count_states(conn: Connection, wanted: JobFilter) -> dict[State, Tally]:
    narrowed = sql.SQL(" AND ").join([sql.SQL("true"), *conditions(wanted)])
    candidates = await newest_of(conn, wanted, CAP + 1)
    counted = dict.fromkeys(State, Tally(0, is_exact=False))
    if candidates is not None:
        found = await _count(conn, _OF_ALL.format(narrowed=narrowed, candidates=candidates))
        if all(tally.is_exact for tally in found.values()):
            return dict.fromkeys(State, Tally(0)) | found
        counted |= found
    by_state = await _count(conn, sql.SQL(" UNION ALL ").join(_of_state(state, wanted, narrowed) for state in State))
    return {state: _better(counted[state], by_state[state]) for state in State}


def _of_state(state: State, wanted: JobFilter, narrowed: sql.Composed) -> sql.Composed:
    since, until = first_id(wanted.created_from, -CLOCK_SKEW), first_id(wanted.created_until, CLOCK_SKEW)
    place = _PLACES.get(state) or _FINAL.format(
        state=sql.Literal(str(state)),
        since=sql.Literal(since or UUID(int=0)),
        until=sql.Literal(until or UUID(int=2**128 - 1)),
    )
    return _OF_STATE.format(state=sql.Literal(str(state)), narrowed=narrowed, place=place, limit=sql.Literal(CAP + 1))


async def _count(conn: Connection, counting: sql.Composed) -> dict[State, Tally]:
    rows = await (await conn.execute(counting, prepare=False)).fetchall()
    return {State(state): Tally(min(jobs, CAP), is_exact=looked_at <= CAP) for state, jobs, looked_at in rows}


def _better(one: Tally, other: Tally) -> Tally:
    return max(one, other, key=lambda tally: (tally.is_exact, tally.count))
