"""Open loop: jobs come at half the rate of the own drain, whether or not the worker keeps up."""

from __future__ import annotations

import time
from functools import partial

import psycopg

from benchmarks.contestant import Broken, call, crew, drain
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import headrace
from benchmarks.pickup import delays
from benchmarks.stage import Stage

CATCH_UP_SECONDS = 30
UNFINISHED = "SELECT EXISTS (SELECT FROM headrace.jobs WHERE finished_at IS NULL)"


def trials(stage: Stage) -> list[Trial]:
    return [Trial("headrace", partial(half_of_drain, stage, stage.size(5, 60)))]


def half_of_drain(stage: Stage, seconds: int) -> dict[str, float]:
    ours = headrace()
    rate = round(drain(stage, ours, stage.size(20_000, 100_000)) / 2)
    with stage.database(ours) as url:
        stage.settle()
        with crew(stage, ours, url, 1) as found:
            found.go()
            sent = call(stage, ours, url, ["pace", str(rate), str(seconds)])["jobs"]
            found.check()
            _catch_up(url)
        return delays(url, int(sent)) | {"rate": rate}


def _catch_up(url: str) -> None:
    deadline = time.monotonic() + CATCH_UP_SECONDS
    with psycopg.connect(url, autocommit=True) as conn:
        while conn.execute(UNFINISHED).fetchone() != (False,):
            if time.monotonic() > deadline:
                raise Broken("The worker did not catch up with half the rate of its own drain")
            time.sleep(0.2)


FIGURE = Figure(
    name="open_loop",
    title="Delay at half the rate of the own drain (`rate` in jobs/s)",
    unit="ms",
    trials=trials,
    targets=[Target(row="headrace p99", most=100)],
)
