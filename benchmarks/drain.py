"""Drain: how fast no-op jobs are worked through, history kept, by one worker process and by two."""

from __future__ import annotations

from functools import partial

from benchmarks.contestant import drain
from benchmarks.figure import Figure, Target, Trial
from benchmarks.floor import FLOOR
from benchmarks.ours import headrace
from benchmarks.peers.registry import installed
from benchmarks.stage import Stage


def trials(stage: Stage) -> list[Trial]:
    jobs = stage.size(20_000, 100_000)
    return [
        Trial(_row(one.name, workers), partial(drain, stage, one, jobs, workers=workers))
        for workers in (1, 2)
        for one in (FLOOR, headrace(), *installed(stage))
    ]


def _row(name: str, workers: int) -> str:
    return f"{name}, {workers} worker{'s' * (workers > 1)}"


FIGURE = Figure(
    name="drain",
    title="Drain of no-op jobs, history kept",
    unit="jobs/s",
    trials=trials,
    targets=[
        Target(row=_row("headrace", workers), least=least, of=_row(other, workers))
        for other, least in (("floor", 0.7), ("pgqueuer", 2), ("graphile-worker", 1.3))
        for workers in (1, 2)
    ],
)
