"""Bulk submit: how fast one process makes jobs, by COPY and in batches of a thousand."""

from __future__ import annotations

from functools import partial

from benchmarks.contestant import Contestant, call
from benchmarks.figure import Figure, Target, Trial
from benchmarks.floor import FLOOR
from benchmarks.ours import headrace
from benchmarks.peers.registry import installed
from benchmarks.stage import Stage


def trials(stage: Stage) -> list[Trial]:
    jobs = stage.size(50_000, 200_000)
    return [
        Trial("floor, COPY", partial(bulk, stage, FLOOR, ["fill"], jobs)),
        Trial("headrace, COPY", partial(bulk, stage, headrace(), ["fill", "nothing"], jobs)),
        Trial("floor, batches", partial(bulk, stage, FLOOR, ["insert"], jobs)),
        Trial("headrace, batches", partial(bulk, stage, headrace(), ["insert", "nothing"], jobs)),
        *(Trial(peer.name, partial(bulk, stage, peer, ["fill"], jobs)) for peer in installed(stage)),
    ]


def bulk(stage: Stage, contestant: Contestant, role: list[str], jobs: int) -> float:
    """Submit jobs to an empty queue and return how many a second."""
    jobs = contestant.jobs(jobs)
    with stage.database(contestant) as url:
        stage.settle()
        return jobs / call(stage, contestant, url, [*role, str(jobs)])["seconds"]


FIGURE = Figure(
    name="bulk_submit",
    title="Bulk submit",
    unit="jobs/s",
    trials=trials,
    targets=[
        Target(row="headrace, COPY", least=0.5, of="floor, COPY"),
        Target(row="headrace, batches", least=0.5, of="floor, batches"),
    ],
)
