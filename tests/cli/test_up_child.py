"""One supervised process, and the pipe that tells it of its supervisor's death."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headrace.cli.child import Child, Role, pause_before
from headrace.cli.signals import Signals
from headrace.lifeline import lifeline

DEAF = """
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path(sys.argv[1]).touch()
time.sleep(600)
"""

ORPHAN = """
import sys, time
from headrace.lifeline import stop_at_eof
stop_at_eof(int(sys.argv[1]), lambda: None, grace=0.1)
print("ready", flush=True)
time.sleep(600)
"""


def test_pauses_between_starts_double_up_to_half_a_minute() -> None:
    assert [pause_before(failures) for failures in (0, 1, 2, 3, 4, 5, 6, 7, 1000)] == [0, 0, 1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_does_not_hear_is_killed_after_the_grace(tmp_path: Path) -> None:
    up = tmp_path / "up"
    mourned = tmp_path / "mourned"
    role = Role("deaf", lambda _: [sys.executable, "-c", DEAF, str(up)], lambda _: mourned.touch())
    said: list[str] = []
    with Signals() as signals, lifeline() as fd:
        child = Child(role, os.environ, parent_fd=fd, say=said.append)
        child.tend()
        deadline = time.monotonic() + 10
        while not up.exists():
            assert time.monotonic() < deadline
            signals.wait(0.05)
        began = time.monotonic()
        child.stop(signals, grace=0.3)
        assert 0.3 <= time.monotonic() - began < 15
    assert said == ["deaf did not stop in time; killing it"]
    assert mourned.exists()


def test_a_program_that_is_not_there_is_tried_again_later() -> None:
    said: list[str] = []
    with lifeline() as fd:
        child = Child(Role("ghost", lambda _: ["/nonexistent"]), {}, parent_fd=fd, say=said.append)
        assert child.tend() <= 0
        assert 0.5 < child.tend() <= 1
    assert said[-1] == "ghost can't be started (No such file or directory); starting it again in 1 s"


def test_an_orphan_that_does_not_stop_by_itself_ends_hard() -> None:
    with lifeline() as fd:
        command = [sys.executable, "-c", ORPHAN, str(fd)]
        orphan = subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=[fd])
        assert orphan.stdout is not None
        assert orphan.stdout.readline() == b"ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            orphan.wait(timeout=0.5)
    assert orphan.wait(timeout=10) == 1
    orphan.stdout.close()
