"""Pick-up: from the submission of a job to its start, while nothing else is to be done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import LiteralString

import psycopg

from benchmarks.contestant import Broken, Contestant, call, crew
from benchmarks.figure import Figure, Target, Trial
from benchmarks.floor import FLOOR
from benchmarks.ours import headrace
from benchmarks.stage import Stage

GAP_MS = 50
# A job's result is how late it began, in milliseconds.
OURS = """
    SELECT count(*), percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY result::float8)
    FROM headrace.jobs WHERE state = 'completed'
"""
FLOORS = """
    SELECT count(*), percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY result::float8)
    FROM floor WHERE state = 'completed'
"""


def trials(stage: Stage) -> list[Trial]:
    jobs = stage.size(100, 600)
    return [
        Trial("floor", partial(pick_up, stage, replace(FLOOR, work=("listen",)), jobs, query=FLOORS)),
        Trial("headrace", partial(pick_up, stage, headrace(), jobs)),
    ]


def pick_up(stage: Stage, contestant: Contestant, jobs: int, *, query: LiteralString = OURS) -> dict[str, float]:
    with stage.database(contestant) as url:
        stage.settle()
        with crew(stage, contestant, url, 1) as found:
            found.go()
            call(stage, contestant, url, ["trickle", str(jobs), str(GAP_MS)])
            found.check()
        return delays(url, jobs, query=query)


def delays(url: str, jobs: int, *, query: LiteralString = OURS) -> dict[str, float]:
    """Return the median and the 99th percentile of how late the jobs of this database began."""
    with psycopg.connect(url) as conn:
        row = conn.execute(query).fetchone()
    assert row is not None
    if row[0] != jobs:
        raise Broken(f"{jobs - row[0]} of {jobs} jobs had not run when the last was submitted")
    return {"p50": row[1][0], "p99": row[1][1]}


FIGURE = Figure(
    name="pickup",
    title="Pick-up by an idle worker, from before the submission to the start",
    unit="ms",
    trials=trials,
    targets=[Target(row="headrace p50", most=3), Target(row="headrace p99", most=20)],
)
