"""Start: `headrace up` on a data folder that exists, to its first claim; and what its processes hold when idle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg

from benchmarks import machine
from benchmarks.contestant import ROOT, Broken, call
from benchmarks.figure import Figure, Target, Trial
from benchmarks.ours import headrace
from benchmarks.stage import Stage, free_port
from headrace.db.embedded import EmbeddedServer

UP = (sys.executable, "-m", "headrace", "up", "benchmarks/tasks.py")
IDLE_SECONDS = 10
PATIENCE_SECONDS = 60
CLAIMED = "SELECT extract(epoch FROM max(started_at))::float8 FROM headrace.jobs"


def trials(stage: Stage) -> list[Trial]:
    return [Trial("headrace up", partial(start, stage))]


def start(stage: Stage) -> dict[str, float]:
    """Leave a job in a folder whose server is stopped, start everything, and wait for its claim."""
    folder = stage.folder / "up"
    server = EmbeddedServer(folder)
    try:
        server.start()
        call(stage, headrace(), server.url, ["install"])
        call(stage, headrace(), server.url, ["fill", "nothing", "1"])
    finally:
        server.stop()
    began = time.time()
    with _up(folder) as supervisor:
        claimed = _first_claim(server.url, began)
        time.sleep(IDLE_SECONDS)
        held = sum(machine.resident_mib(pid) for pid in _family(supervisor.pid))
    return {"to the first claim (s)": claimed - began, "idle, without PostgreSQL (MiB)": held}


@contextmanager
def _up(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("HEADRACE_")}
    environment |= {"HEADRACE_DATA_DIR": str(folder), "HEADRACE_PORT": str(free_port())}
    supervisor = subprocess.Popen(
        UP, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield supervisor
    finally:
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait()


def _first_claim(url: str, began: float) -> float:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with psycopg.connect(url) as conn:
                row = conn.execute(CLAIMED).fetchone()
            if row and row[0] and row[0] > began:
                return float(row[0])
        except psycopg.OperationalError:
            pass  # the server is not up yet
        time.sleep(0.05)
    raise Broken("`headrace up` claimed nothing")


def _family(pid: int) -> list[int]:
    """Return a process and all it started, without PostgreSQL's."""
    if Path(f"/proc/{pid}/comm").read_text().strip() == "postgres":
        return []
    return [pid, *(one for child in machine.children(pid) for one in _family(child))]


FIGURE = Figure(
    name="start",
    title="Warm start of `headrace up`, and its memory when idle",
    unit="as named",
    trials=trials,
    targets=[
        Target(row="headrace up to the first claim (s)", most=3),
        Target(row="headrace up idle, without PostgreSQL (MiB)", most=250),
    ],
)
