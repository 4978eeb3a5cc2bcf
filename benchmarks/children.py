"""Children: one job that calls 10,000 others and goes on when all have ended, beside the drain of as many jobs."""

from __future__ import annotations

from functools import partial

import psycopg

from benchmarks.contestant import call, crew, drain
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import headrace
from benchmarks.stage import Stage
from benchmarks.tasks import CHILDREN

LEFT = "SELECT 1 - coalesce(sum(jobs), 0) FROM headrace.counters WHERE outcome = 'completed' AND task = 'bench.family'"


def trials(stage: Stage) -> list[Trial]:
    return [Trial("jobs", partial(drain, stage, headrace(), CHILDREN)), Trial("children", partial(family, stage))]


def family(stage: Stage) -> float:
    """Return children a second, from the parent's submission to its end."""
    ours = headrace(task="family")
    with stage.database(ours) as url:
        call(stage, ours, url, [*ours.fill, "1"])
        stage.settle()
        with crew(stage, ours, url, 1) as found, psycopg.connect(url, autocommit=True) as conn:
            return CHILDREN / found.drain(lambda: _left(conn))


def _left(conn: psycopg.Connection) -> int:
    row = conn.execute(LEFT).fetchone()
    assert row is not None
    return int(row[0])


FIGURE = Figure(
    name="children",
    title="A job with 10,000 children, end to end, and as many jobs",
    unit="jobs/s",
    trials=trials,
    targets=[Target(row="children", least=0.4, of="jobs")],
)
