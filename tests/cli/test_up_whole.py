"""`headrace up` with its real children: a worker killed, and code changed, in the middle of a job."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.ports import free_port

from headrace.accounts import local
from headrace.keyring import Keyring
from headrace.settings import Settings

APP = """
import asyncio, os
from pathlib import Path
from headrace import App, Job

app = App("demo")

async def once(folder: str) -> int:
    with (Path(folder) / "once").open("a") as file:
        file.write("x")
    return os.getpid()

@app.task()
async def slow(job: Job, folder: str) -> list[int]:
    first = await job.step("once", once, folder)
    (Path(folder) / "running").touch()
    while not (Path(folder) / "go").exists():
        await asyncio.sleep(0.02)
    return [first, os.getpid()]
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="hr-"))
    (path / "demo.py").write_text(APP)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    port = free_port()
    ours = {name: text for name, text in os.environ.items() if not name.startswith("HEADRACE_")}
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "headrace", "up", "--reload", "demo.py"],
            env={**ours, "HEADRACE_PORT": str(port), "HEADRACE_DATA_DIR": "data"},
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: f"Headrace is ready at http://127.0.0.1:{port}" in (folder / "output").read_text(), folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        ended = process.wait(timeout=40)
    assert ended == 0
    assert not (folder / "data/postgres/postmaster.pid").exists()


def until(is_so: Callable[[], object], folder: Path, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, (folder / "output").read_text()
        time.sleep(0.02)


def call(folder: Path, url: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    token = local.mint(Keyring.of(Settings(data_dir=folder / "data")))
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def test_a_job_whose_worker_was_killed_goes_on_long_before_the_lease_ends(folder: Path, address: str) -> None:
    job = call(folder, f"{address}/api/v1/jobs", {"task": "demo.slow", "input": str(folder)})
    until((folder / "running").exists, folder)
    until(lambda: (folder / "once").exists(), folder)
    (folder / "running").unlink()
    (worker,) = workers(folder)
    os.kill(worker, signal.SIGKILL)
    began = time.monotonic()
    until((folder / "running").exists, folder)
    assert time.monotonic() - began < 20  # 3 s on a machine with nothing else to do; the lease has 30
    (folder / "go").touch()
    done = call(folder, f"{address}/api/v1/jobs/{job['id']}?wait=30")
    assert done["state"] == "completed"
    assert done["result"] == [worker, workers(folder)[0]]
    assert (folder / "once").read_text() == "x"


def test_a_job_goes_on_with_the_new_code_when_that_changes(folder: Path, address: str) -> None:
    job = call(folder, f"{address}/api/v1/jobs", {"task": "demo.slow", "input": str(folder)})
    until((folder / "running").exists, folder)
    (old,) = workers(folder)
    (folder / "demo.py").write_text(APP.replace("return [first, os.getpid()]", "return [first]"))
    until(lambda: workers(folder) and old not in workers(folder), folder)
    (folder / "go").touch()
    until(lambda: answers(f"{address}/readyz"), folder)
    done = call(folder, f"{address}/api/v1/jobs/{job['id']}?wait=30")
    assert isinstance(done["result"], list)
    assert len(done["result"]) == 1  # as the new code returns it
    assert (folder / "once").read_text() == "x"


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def workers(folder: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"worker" in words and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:
            continue
    return found
