"""Which jobs are meant: a filter of jobs, and its conditions in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from headrace.ids import CLOCK_SKEW, first_id
from headrace.jobs.states import State

SEARCHED = 50_000
FAILURES_SEARCHED = 10_000
# Where waiting jobs lie in the index of those that rest.
_NEITHER_BLOCKED_NOR_SCHEDULED = sql.SQL(
    "(CASE state WHEN 'blocked' THEN limit_key END) IS NULL AND (CASE state WHEN 'scheduled' THEN run_at END) IS NULL"
)

_FAILED_BY: LiteralString = (
    "state = 'failed' AND finished_at IS NOT NULL AND coalesce(error ->> 'fingerprint', error ->> 'code') = {}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs to list; what is left empty does not narrow. `before` is the id at which the last page ended.

    `without_children` leaves out jobs that another job called.
    `shortest` and `longest` bound the last run of finished jobs, `least_cost` (nano-USD) what their AI calls came to,
    `error_text` is part of the error's message in any case,
    `input_values` are texts by dotted path. `fingerprint` finds failed jobs alone. Of `ids` none other is meant.
    `oldest` is the id at which a search ends that was begun earlier, however many newer jobs have come.
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
    least_cost: int | None = None
    error_text: str | None = None
    fingerprint: str | None = None
    input_values: Mapping[str, str] = field(default_factory=dict)
    ids: Sequence[UUID] = ()
    before: UUID | None = None
    oldest: UUID | None = None
    without_children: bool = False

    @property
    def searched(self) -> int | None:
        """How many of the newest jobs are looked through for what no index knows; `None` if nothing such is asked for."""
        if self.ids:
            return None
        if self.fingerprint is not None and self.owner is None and self.tag is None:
            return FAILURES_SEARCHED
        asked = (self.shortest, self.longest, self.least_cost, self.error_text, self.fingerprint)
        return SEARCHED if self.input_values or any(value is not None for value in asked) else None


def conditions(wanted: JobFilter) -> list[sql.Composed]:
    """Return what a row of the jobs, with its id as `place`, has to fulfil."""
    pairs: list[tuple[LiteralString, object]] = [
        _one_of("state", [str(state) for state in wanted.states]),
        _one_of("task", wanted.tasks),
        _one_of("queue", wanted.queues),
        ("owner = {}", wanted.owner),
        ("tags @> ARRAY[{}]", wanted.tag),
        ("created_at >= {}", wanted.created_from),
        ("created_at < {}", wanted.created_until),
        ("place >= {}", first_id(wanted.created_from, -CLOCK_SKEW)),
        ("place < {}", first_id(wanted.created_until, CLOCK_SKEW)),
        ("place = ANY ({})", list(wanted.ids) or None),
        ("place < {}", wanted.before),
        ("place >= {}", wanted.oldest),
        ("finished_at - started_at >= {}", wanted.shortest),
        ("finished_at - started_at <= {}", wanted.longest),
        (_FAILED_BY, wanted.fingerprint),
        ("cost_nano_usd >= {}", wanted.least_cost),
        ("strpos(lower(error ->> 'message'), lower({})) > 0", wanted.error_text),
    ]
    asked = [sql.SQL(text).format(sql.Literal(value)) for text, value in pairs if value is not None]
    asked += [
        sql.SQL("input #>> {} = {}").format(sql.Literal(path.split(".")), sql.Literal(value))
        for path, value in wanted.input_values.items()
    ]
    if wanted.without_children:
        asked.append(sql.Composed([sql.SQL("call_id IS NULL")]))
    if wanted.states and all(state.is_final for state in wanted.states):
        asked.append(sql.Composed([sql.SQL("finished_at IS NOT NULL")]))
    if list(wanted.states) == [State.WAITING]:
        asked.append(sql.Composed([_NEITHER_BLOCKED_NOR_SCHEDULED]))
    return asked


def _one_of(column: LiteralString, values: Sequence[str]) -> tuple[LiteralString, object]:
    """Ask for a single value by `=`: only so does an index on (state, id) return the ids in order before PostgreSQL 17."""
    return (column + " = {}", values[0]) if len(values) == 1 else (column + " = ANY ({})", list(values) or None)
