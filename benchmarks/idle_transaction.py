"""Idle transaction: the drain while somebody's transaction stays open, so that no dead row can be cleared away."""

from __future__ import annotations

from functools import partial

import psycopg

from benchmarks.contestant import call, drain, drain_filled
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import headrace
from benchmarks.stage import Stage


def trials(stage: Stage) -> list[Trial]:
    jobs = stage.size(50_000, 1_000_000)
    return [
        Trial("no transaction", partial(drain, stage, headrace(), jobs)),
        Trial("a transaction left idle", partial(beside_transaction, stage, jobs)),
    ]


def beside_transaction(stage: Stage, jobs: int) -> float:
    ours = headrace()
    with stage.database(ours) as url:
        call(stage, ours, url, [*ours.fill, str(jobs)])
        with psycopg.connect(url) as idle:
            idle.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            idle.execute("SELECT FROM headrace.jobs LIMIT 1")
            return drain_filled(stage, ours, url, jobs=jobs)


FIGURE = Figure(
    name="idle_transaction",
    title="Drain while a transaction is left idle (10⁶ jobs; short: 50,000)",
    unit="jobs/s",
    trials=trials,
    targets=[Target(row="a transaction left idle", least=0.5, of="no transaction")],
)
