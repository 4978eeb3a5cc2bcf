"""A contestant as the stage sees it: how it is called, what says that its queue is empty, and its workers as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import psycopg

from benchmarks.program import READY

if TYPE_CHECKING:
    from benchmarks.stage import Stage

PAUSE = 0.02
STALL_SECONDS = 60.0
ROOT = Path(__file__).parents[1]


class Broken(Exception):
    """A contestant's process failed or stood still; the message holds what it said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A program with the roles `install`, `fill N` and `work`.

    `left` is a query for the number of unfinished jobs (`%(jobs)s` were filled), or Redis commands whose numbers are summed;
    without it the workers end by themselves. `share` is its part of a figure's jobs, for those that are slow.
    """

    name: str
    command: tuple[str, ...]
    left: str | tuple[str, ...] | None
    share: float = 1.0
    work: tuple[str, ...] = ("work",)
    fill: tuple[str, ...] = ("fill",)
    env: dict[str, str] = field(default_factory=dict)

    @property
    def uses_redis(self) -> bool:
        return isinstance(self.left, tuple)

    def jobs(self, wanted: int) -> int:
        return max(100, int(wanted * self.share))


def call(stage: Stage, contestant: Contestant, url: str, role: Sequence[str]) -> dict[str, float]:
    """Run a role to its end and return what it told."""
    done = subprocess.run(
        [*contestant.command, *role],
        env=_environment(stage, contestant, url),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Broken(f"{contestant.name} {' '.join(role)}: {done.stderr[-2000:]}")
    lines = done.stdout.strip().splitlines()
    return dict(json.loads(lines[-1])) if lines and lines[-1].startswith("{") else {}


class Crew:
    """The workers of one contestant, loaded and waiting until `go`."""

    def __init__(self, contestant: Contestant, workers: list[subprocess.Popen[str]], log: Path) -> None:
        self.contestant = contestant
        self.workers = workers
        self._log = log

    def go(self) -> None:
        for worker in self.workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()

    def drain(self, left: Callable[[], int], *, patience: float = STALL_SECONDS) -> float:
        """Let them work until nothing is left; return how many seconds that took, none without progress for `patience`."""
        started = changed = time.perf_counter()
        before = -1
        self.go()
        while now := left():
            moment = time.perf_counter()
            if now != before:
                before, changed = now, moment
            elif moment - changed > patience:
                raise Broken(f"{self.contestant.name} stood still with {now} jobs left: {self._said()}")
            self.check()
            time.sleep(PAUSE)
        return time.perf_counter() - started

    def alive(self) -> int:
        """Return how many still work; raises `Broken` if one failed."""
        self.check()
        return sum(worker.poll() is None for worker in self.workers)

    def check(self) -> None:
        failed = [worker.returncode for worker in self.workers if worker.poll()]
        if failed:
            raise Broken(f"A worker of {self.contestant.name} ended with {failed[0]}: {self._said()}")

    def wait_until_ready(self) -> None:
        for worker in self.workers:
            assert worker.stdout is not None
            if worker.stdout.readline().strip() != READY:
                raise Broken(f"A worker of {self.contestant.name} did not get ready: {self._said()}")

    def _said(self) -> str:
        return self._log.read_text("utf-8", "replace")[-2_000:]


@contextmanager
def crew(stage: Stage, contestant: Contestant, url: str, count: int) -> Iterator[Crew]:
    """Lend `count` workers that are ready to go; they are killed afterwards, with their children."""
    log = stage.folder / "workers.log"
    with ExitStack() as stack:
        said = stack.enter_context(log.open("w"))
        workers = [stack.enter_context(_worker(stage, contestant, url, said)) for _ in range(count)]
        found = Crew(contestant, workers, log)
        found.wait_until_ready()
        yield found


@contextmanager
def _worker(stage: Stage, contestant: Contestant, url: str, said: TextIO) -> Iterator[subprocess.Popen[str]]:
    worker = subprocess.Popen(
        [*contestant.command, *contestant.work],
        env=_environment(stage, contestant, url),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        text=True,
        start_new_session=True,
    )
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate()


def drain(stage: Stage, contestant: Contestant, jobs: int, *, workers: int = 1) -> float:
    """Fill a fresh queue, drain it, and return jobs a second."""
    jobs = contestant.jobs(jobs)
    with stage.database(contestant) as url:
        call(stage, contestant, url, [*contestant.fill, str(jobs)])
        return drain_filled(stage, contestant, url, jobs=jobs, workers=workers)


def drain_filled(stage: Stage, contestant: Contestant, url: str, *, jobs: int, workers: int = 1) -> float:
    """Drain a queue that holds `jobs`, and return jobs a second."""
    stage.settle()
    with crew(stage, contestant, url, workers) as found, psycopg.connect(url, autocommit=True) as conn:
        return jobs / found.drain(lambda: left(stage, found, conn, jobs))


def left(stage: Stage, crew: Crew, conn: psycopg.Connection, jobs: int) -> int:
    """Return how many of the filled jobs are unfinished, or how many workers still work if they end by themselves."""
    match crew.contestant.left:
        case None:
            return crew.alive()
        case str(query):
            row = conn.execute(query, {"jobs": jobs}).fetchone()
            assert row is not None
            return int(row[0])
        case commands:
            return stage.redis.sum(commands)


def _environment(stage: Stage, contestant: Contestant, url: str) -> dict[str, str]:
    return {**os.environ, **stage.environment(url), **contestant.env}
