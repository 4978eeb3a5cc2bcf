"""Faults: real worker processes over a real database, killed, stopped and cut off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from headrace.db.query import query
from headrace.ids import new_id
from headrace.jobs.job import Submission
from headrace.jobs.submit import submit_sync
from headrace.worker.lease import expire_now

CHORES = Path(__file__).with_name("chores.py")


@dataclass
class Member:
    """One worker process."""

    id: UUID
    process: subprocess.Popen[bytes]
    log: Path

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ended(self, seconds: float = 40) -> int:
        """Return the exit code, once it ended by itself."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"The worker did not end: {self.said()[-3000:]}") from None

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def says(self, event: str) -> bool:
        return f'"{event}"' in self.said()


class Crew:
    """Worker processes over one database, and what they did."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.gate = str(folder / "gate")
        self.members: list[Member] = []
        self.settings: dict[str, str] = {}
        self._effects = folder / "effects"
        self._effects.touch()

    # -- processes

    def start(self, *, concurrency: int = 20, grace: float = 2) -> Member:
        """Start a worker; it may take a second until it claims."""
        id_ = new_id()
        log = self.folder / f"worker-{len(self.members)}.log"
        environment = {name: text for name, text in os.environ.items() if not name.startswith("HEADRACE_")} | {
            "HEADRACE_DATABASE_URL": self.url,
            "HEADRACE_CONCURRENCY": str(concurrency),
            "HEADRACE_STOP_GRACE": str(grace),
            "HEADRACE_LOG_FORMAT": "json",
            "EFFECTS": str(self._effects),
            **self.settings,
        }
        command = [sys.executable, "-m", "headrace", "worker", str(CHORES), "--id", str(id_)]
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=output, stderr=output)
        member = Member(id_, process, log)
        self.members.append(member)
        return member

    def bury(self, member: Member) -> None:
        """Do for a dead worker what a supervisor does: let its lease run out now."""
        assert not member.is_alive
        expire_now(self.url, member.id)

    def end(self) -> None:
        for member in self.members:
            if member.is_alive:
                member.signal(signal.SIGCONT)
                member.kill()

    # -- jobs

    def submit(self, task: str, value: object = None, *, count: int = 1, attempts: int = 1) -> list[UUID]:
        text = json.dumps({} if value is None else value).encode()
        jobs = [Submission(task=f"chores.{task}", queue="chores", input=text, attempts=attempts) for _ in range(count)]
        with psycopg.connect(self.url) as conn:
            return [answer.id for answer in submit_sync(conn, jobs)]

    def submit_each(self, task: str, values: list[Any]) -> list[UUID]:
        jobs = [Submission(task=f"chores.{task}", queue="chores", input=json.dumps(value).encode()) for value in values]
        with psycopg.connect(self.url) as conn:
            return [answer.id for answer in submit_sync(conn, jobs)]

    def cancel(self, job_id: UUID) -> str:
        with psycopg.connect(self.url) as conn:
            params = {"ids": [job_id], "reason": "user", "now": None}
            row = conn.execute(query("headrace.jobs", "cancel_jobs"), params).fetchone()
        assert row is not None
        return str(row[1])

    def rows(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as conn:
            return conn.execute(sql, params).fetchall()  # type: ignore[call-overload]  # a test's own SQL

    def one(self, sql: str, *params: object) -> Any:
        return self.rows(sql, *params)[0][0]

    def row(self, job_id: UUID) -> dict[str, Any]:
        with psycopg.connect(self.url, row_factory=dict_row) as conn:
            row = conn.execute("SELECT * FROM headrace.jobs WHERE id = %s", [job_id]).fetchone()
        assert row is not None
        return row

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        return dict(self.rows("SELECT state, count(*) FROM headrace.jobs GROUP BY state"))

    def effects(self) -> list[tuple[UUID, str, int]]:
        """Return what the tasks noted: job, what, run."""
        lines = [line.split() for line in self._effects.read_text().splitlines()]
        return [(UUID(id_), what, int(run)) for id_, what, run in lines]

    # -- waiting

    def until(self, condition: Callable[[], Any], seconds: float = 40) -> Any:
        """Return the condition's value as soon as it is true; fail with the workers' logs when it doesn't get so."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > deadline:
                logs = "\n".join(f"-- {member.log.name}\n{member.said()[-2000:]}" for member in self.members)
                raise AssertionError(f"Not within {seconds} s; {self._effects.read_text()[-500:]}\n{logs}")
            time.sleep(0.02)
        return value

    def until_noted(self, job_id: UUID, what: str, *, run: int = 1) -> None:
        self.until(lambda: (job_id, what, run) in self.effects())

    def until_final(self, job_id: UUID, seconds: float = 40) -> dict[str, Any]:
        self.until(lambda: self.row(job_id)["finished_at"], seconds)
        return self.row(job_id)

    def open_gate(self) -> None:
        Path(self.gate).touch()


@pytest.fixture
def crew(tmp_path: Path, database_url: str) -> Iterator[Crew]:
    crew = Crew(tmp_path, database_url)
    try:
        yield crew
    finally:
        crew.end()


@pytest.fixture
def crew_over(tmp_path: Path) -> Iterator[Callable[[str], Crew]]:
    """Make a crew over a database of the test's own."""
    made: list[Crew] = []

    def make(url: str) -> Crew:
        made.append(Crew(tmp_path, url))
        return made[-1]

    yield make
    for crew in made:
        crew.end()
