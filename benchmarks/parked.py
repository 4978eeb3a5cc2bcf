"""Parked: what jobs that wait for an answer cost the worker that parked them, a hundred thousand as a few."""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial

import psycopg

from benchmarks import machine
from benchmarks.contestant import Broken, call, crew
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import headrace
from benchmarks.stage import Stage

FEW = 2_000
PATIENCE_SECONDS = 900
PARKED = "SELECT coalesce(sum(jobs), 0) FROM headrace.counters WHERE outcome = 'parked'"


def trials(stage: Stage) -> list[Trial]:
    return [Trial("", partial(parking, stage, stage.size(20_000, 100_000)))]


def parking(stage: Stage, jobs: int) -> dict[str, float]:
    """Return the MiB that the worker holds with a few jobs parked, and with all of them."""
    ours = headrace(task="parking")
    with ExitStack() as stack:
        url = stack.enter_context(stage.database(ours))
        found = stack.enter_context(crew(stage, ours, url, 1))
        found.go()
        conn = stack.enter_context(psycopg.connect(url, autocommit=True))
        held = []
        for more, all_ in ((FEW, FEW), (jobs - FEW, jobs)):
            call(stage, ours, url, [*ours.fill, str(more)])
            deadline = time.monotonic() + PATIENCE_SECONDS
            while _parked(conn) < all_:
                found.check()
                if time.monotonic() > deadline:
                    raise Broken(f"Only {_parked(conn)} of {all_} jobs parked")
                time.sleep(0.2)
            time.sleep(1)
            held.append(machine.resident_mib(found.workers[0].pid))
    return {"a few parked": held[0], "all parked": held[1]}


def _parked(conn: psycopg.Connection) -> int:
    row = conn.execute(PARKED).fetchone()
    assert row is not None
    return int(row[0])


FIGURE = Figure(
    name="parked",
    title="Memory of one worker whose 100,000 jobs are parked, beside that of 2,000",
    unit="MiB",
    trials=trials,
    targets=[Target(row="all parked", most=1.1, of="a few parked")],
    rounds_most=1,
)
