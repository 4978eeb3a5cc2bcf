"""The tests of the API, while connections break within its requests: they end as they do without."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Requests that write, read and are sent again; each test makes a database, which is what takes the time.
SHORT = (
    "schedules/test_api.py::test_a_schedule_is_made_shown_listed_and_deleted",
    "schedules/test_api.py::test_running_now_submits_a_job_and_leaves_the_planned_times",
    "schedules/test_api.py::test_a_pause_is_written_once_and_ended",
    "schedules/test_api.py::test_made_twice_under_one_idempotency_key_it_is_made_once",
    "schedules/test_api.py::test_run_twice_under_one_idempotency_key_it_makes_one_job",
)
# Not those whose point is the connection of a client itself, or a server of their own.
WHOLE = ("web", "schedules", "jobs", "live/test_stream.py", "live/test_hub.py", "--ignore=tests/web/test_server.py")


def struck(seed: int, rate: float, *tests: str) -> int:
    """Run tests under faults; return how many struck."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", f"--headrace-faults={seed}", f"--headrace-fault-rate={rate}"]
    paths = [name if name.startswith("-") else f"tests/{name}" for name in tests]
    done = subprocess.run([*command, *paths], cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4_000:]
    found = re.search(r"faults struck: (\d+)", done.stdout)
    assert found is not None
    return int(found[1])


def test_a_part_of_the_api_ends_as_without_faults():
    assert struck(1, 0.3, *SHORT) > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_the_whole_api_ends_as_without_faults(seed):
    assert struck(seed, 0.01, *WHOLE) > 0


@pytest.mark.long
def test_the_whole_api_ends_as_without_faults_that_strike_often():
    assert struck(77, 0.1, *WHOLE) > 50
