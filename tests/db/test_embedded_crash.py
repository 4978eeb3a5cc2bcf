"""The embedded server after the worst: kill -9, left files, slow recovery."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from headrace.db.embedded import EmbeddedServer
from headrace.db.server_account import account_for
from headrace.errors import DatabaseFailed


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="hr-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(folder / "data")
    server.start()
    yield server
    server.stop()


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def kill_all(server: EmbeddedServer) -> None:
    assert server.pid is not None
    for pid in family(server.pid):
        os.kill(pid, signal.SIGKILL)
    until(lambda: server.pid is None)


def until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(0.01)


def count(server: EmbeddedServer) -> int:
    with psycopg.connect(server.url) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM kept").fetchone() or (0,)
        return int(rows)


def keep(server: EmbeddedServer, rows: int) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, %s)", [rows])


def test_kill_9_of_all_its_processes_loses_nothing_committed(server: EmbeddedServer) -> None:
    keep(server, 5000)
    kill_all(server)
    server.start()
    assert count(server) == 5000


def test_kill_9_of_the_postmaster_alone_waits_for_its_orphans(server: EmbeddedServer) -> None:
    keep(server, 1)
    assert server.pid is not None
    orphans = family(server.pid)[1:]
    stopped = orphans[0]
    os.kill(stopped, signal.SIGSTOP)  # an orphan that can't end yet, and still holds the shared memory
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: server.pid is None)
    told: list[str] = []
    again = EmbeddedServer(server.data_dir, tell=told.append)
    starting = threading.Thread(target=again.start)
    starting.start()
    until(lambda: any("still ending" in news for news in told))
    os.kill(stopped, signal.SIGKILL)
    starting.join(timeout=20)
    assert count(again) == 1
    again.stop()


def test_a_left_pid_file_whose_number_went_to_another_program_does_not_stop_the_start(
    server: EmbeddedServer, folder: Path
) -> None:
    keep(server, 1)
    kill_all(server)
    account = account_for(folder / "data/postgres")
    other = account.start(["/bin/sleep", "60"], subprocess.DEVNULL)
    try:
        for name in ("postgres/postmaster.pid", "run/.s.PGSQL.5432.lock"):
            left = folder / "data" / name
            lines = left.read_text().splitlines()
            left.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        server.start()
        assert count(server) == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def slow_to_recover(folder: Path, tell: Callable[[str], None] = lambda _: None) -> EmbeddedServer:
    """Return a server whose recovery lasts until the file `go` appears: PostgreSQL asks a command for old WAL."""
    pgdata = folder / "data/postgres"
    (pgdata / "recovery.signal").touch()
    account_for(pgdata).own(pgdata / "recovery.signal")
    wait = f"until [ -e {folder}/go ]; do sleep 0.1; done; false"
    return EmbeddedServer(folder / "data", settings={"restore_command": wait}, tell=tell)


def test_a_recovery_of_more_than_ten_seconds_is_waited_for(server: EmbeddedServer, folder: Path) -> None:
    keep(server, 3)
    kill_all(server)
    told: list[str] = []
    slow = slow_to_recover(folder, told.append)
    starting = threading.Thread(target=slow.start)
    starting.start()
    until(lambda: any("not ready yet" in news for news in told), seconds=15)
    (folder / "go").touch()
    starting.join(timeout=20)
    assert count(slow) == 3
    slow.stop()


def test_a_start_can_be_given_up_in_the_middle_of_a_recovery(server: EmbeddedServer, folder: Path) -> None:
    kill_all(server)
    slow = slow_to_recover(folder)
    with pytest.raises(DatabaseFailed, match="told to stop"):
        slow.start(give_up=lambda: slow.pid is not None)
    slow.stop()
    assert slow.pid is None


def test_a_server_that_hangs_is_killed_when_the_stop_is_hurried(server: EmbeddedServer) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    began = time.monotonic()
    server.stop(hurry=lambda: True)
    assert server.pid is None
    assert time.monotonic() - began < 20


def test_a_running_server_whose_socket_was_removed_is_started_anew(server: EmbeddedServer, folder: Path) -> None:
    keep(server, 1)
    (folder / "data/run/.s.PGSQL.5432").unlink()
    before = server.pid
    again = EmbeddedServer(folder / "data")
    again.start()
    assert count(again) == 1
    assert again.pid != before
    again.stop()
