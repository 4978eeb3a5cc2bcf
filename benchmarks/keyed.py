"""Limit keys: the drain of forty tasks under a thousand keys, half of it children of parents, beside jobs without either."""

from __future__ import annotations

from functools import partial

from benchmarks.contestant import Contestant, drain
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import COMMAND, LEFT, headrace
from benchmarks.stage import Stage

KEYED = Contestant(name="headrace, keyed", command=COMMAND, left=LEFT, fill=("fill_keyed",))


def trials(stage: Stage) -> list[Trial]:
    jobs = stage.size(10_000, 100_000)
    return [
        Trial("unkeyed", partial(drain, stage, headrace(), jobs, workers=2)),
        Trial("40 tasks, 1,000 keys, 200 parents", partial(keyed, stage, jobs)),
    ]


def keyed(stage: Stage, jobs: int) -> dict[str, float]:
    before = stage.log().count("deadlock detected")
    rate = drain(stage, KEYED, jobs, workers=2)
    return {"": rate, "deadlocks": stage.log().count("deadlock detected") - before}


FIGURE = Figure(
    name="keyed",
    title="Drain under limit keys and with parents, two workers",
    unit="jobs/s",
    trials=trials,
    targets=[
        Target(row="40 tasks, 1,000 keys, 200 parents", least=0.25, of="unkeyed"),
        Target(row="40 tasks, 1,000 keys, 200 parents deadlocks", most=0),
    ],
)
