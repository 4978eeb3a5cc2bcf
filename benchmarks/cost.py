"""Cost: the CPU time that a thousand no-op jobs take, in the worker and in the server; hardly touched by other load."""

from __future__ import annotations

import os
from functools import partial

import psycopg

from benchmarks import machine
from benchmarks.contestant import Contestant, Crew, call, crew, left
from benchmarks.figure import Figure, Trial
from benchmarks.floor import FLOOR
from benchmarks.ours import headrace
from benchmarks.peers.registry import installed
from benchmarks.stage import Stage


def trials(stage: Stage) -> list[Trial]:
    jobs = stage.size(20_000, 100_000)
    peers = [peer for peer in installed(stage) if not peer.uses_redis]
    return [Trial(one.name, partial(cost, stage, one, jobs)) for one in (FLOOR, headrace(), *peers)]


def cost(stage: Stage, contestant: Contestant, jobs: int) -> dict[str, float]:
    """Drain a fresh queue with one worker and return milliseconds of CPU time for a thousand jobs."""
    jobs = contestant.jobs(jobs)
    with stage.database(contestant) as url:
        call(stage, contestant, url, [*contestant.fill, str(jobs)])
        stage.settle()
        with crew(stage, contestant, url, 1) as found, psycopg.connect(url, autocommit=True) as conn:
            before = used(stage, found)
            found.drain(lambda: left(stage, found, conn, jobs))
            after = used(stage, found)
    each = [(end - start) / jobs * 1_000_000 for start, end in zip(before, after, strict=True)]
    return {"in the worker": each[0], "in PostgreSQL": each[1], "together": sum(each)}


def used(stage: Stage, crew: Crew) -> tuple[float, float]:
    """Return the CPU seconds of the workers, ended ones included, and of the server."""
    times = os.times()
    ended = times.children_user + times.children_system
    assert stage.server.pid is not None
    return ended + sum(machine.cpu_seconds(worker.pid) for worker in crew.workers), machine.cpu_seconds(
        stage.server.pid
    )


FIGURE = Figure(
    name="cost",
    title="CPU time for 1,000 no-op jobs, one worker",
    unit="ms",
    trials=trials,
)
