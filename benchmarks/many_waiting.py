"""Many waiting: the memory of one worker whose 5,000 jobs all await an answer of the network."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from benchmarks import machine
from benchmarks.contestant import Broken, call, crew
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import headrace
from benchmarks.stage import Stage
from benchmarks.tasks import SILENT_PORT

JOBS = 5_000
PATIENCE_SECONDS = 120


def trials(stage: Stage) -> list[Trial]:
    return [Trial("headrace", partial(waiting, stage))]


def waiting(stage: Stage) -> float:
    """Return the MiB that the worker holds once all jobs wait."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with _silent_server() as (port, taken), ExitStack() as stack:
        ours = replace(headrace(task="listening"), work=("work", str(JOBS)), env={SILENT_PORT: str(port)})
        url = stack.enter_context(stage.database(ours))
        call(stage, ours, url, [*ours.fill, str(JOBS)])
        found = stack.enter_context(crew(stage, ours, url, 1))
        found.go()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(taken) < JOBS:
            found.check()
            if time.monotonic() > deadline:
                raise Broken(f"Only {len(taken)} of {JOBS} jobs began")
            time.sleep(0.1)
        time.sleep(1)
        return machine.resident_mib(found.workers[0].pid)


@contextmanager
def _silent_server() -> Iterator[tuple[int, list[socket.socket]]]:
    """Take connections and say nothing; yield the port and what was taken."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=1_024) as listener:
        threading.Thread(target=_take, args=(listener, taken), daemon=True).start()
        try:
            yield listener.getsockname()[1], taken
        finally:
            for connection in taken:
                connection.close()


def _take(listener: socket.socket, taken: list[socket.socket]) -> None:
    while True:
        try:
            taken.append(listener.accept()[0])
        except OSError:  # closed: the measurement is over
            return


FIGURE = Figure(
    name="many_waiting",
    title="Memory of one worker with 5,000 jobs that await the network",
    unit="MiB",
    trials=trials,
    targets=[Target(row="headrace", most=300)],
)
