"""Steps: the drain of jobs with one stored step each, beside that of jobs without."""

from __future__ import annotations

from functools import partial

from benchmarks.contestant import drain
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import headrace
from benchmarks.stage import Stage


def trials(stage: Stage) -> list[Trial]:
    jobs = stage.size(10_000, 100_000)
    return [
        Trial("no step", partial(drain, stage, headrace(), jobs)),
        Trial("one step", partial(drain, stage, headrace(task="stepped"), jobs)),
    ]


FIGURE = Figure(
    name="steps",
    title="Drain of jobs with one step",
    unit="jobs/s",
    trials=trials,
    targets=[Target(row="one step", least=0.4, of="no step")],
)
