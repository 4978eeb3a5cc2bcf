"""`headrace up` as a process: what it starts, keeps alive, and in which order it ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.ports import free_port

from headrace.db.embedded import EmbeddedServer
from headrace.db.server_account import account_for

NOWHERE = "postgresql://nobody@localhost:1/nothing"

SUPERVISOR = """
import sys
from pathlib import Path
from headrace.cli.child import Role
from headrace.cli.up import Plan, run
from headrace.errors import HeadraceError
from headrace.settings import load

folder, web, worker, migrate = Path(sys.argv[1]), *sys.argv[2:]
child = [sys.executable, str(folder / "child.py"), str(folder / "events")]

def mourn(dead):
    with (folder / "events").open("a") as events:
        events.write(f"expired {dead}\\n")

def roles(url):
    def work(new):
        return [*child, "worker", worker, str(new)]
    return [Role("web", lambda _: [*child, "web", web]), Role("worker", work, mourn)]

try:
    sys.exit(run(load(), Plan([*child, "migrate", migrate], roles)))
except HeadraceError as error:
    print(type(error).__name__, error, file=sys.stderr)
    sys.exit(3)
"""

CHILD = """
import os, signal, socket, sys, threading, time, urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer
from headrace.lifeline import stop_at_eof

path, name, mode, *rest = sys.argv[1:]

def tell(*words):
    with open(path, "a") as events:
        events.write(" ".join(map(str, [name, *words])) + "\\n")

def database():
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(os.environ["HEADRACE_DATABASE_URL"]).query)
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(query["host"][0] + "/.s.PGSQL.5432")
    return "with-database"

class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *words): pass

if name == "migrate":
    tell("done")
    sys.exit(int(mode))

stop = []  # no `threading.Event`: a signal may come while the main thread holds its lock
def stopped(number, frame):
    tell(signal.Signals(number).name, os.getpid())
    if mode != "stubborn":
        stop.append(number)
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, stopped)
def orphaned():
    tell("orphaned", os.getpid())
    stop.append("orphaned")
stop_at_eof(int(sys.argv[-1]), orphaned)
tell("started", os.getpid(), *rest[:-2], *sorted(n for n in os.environ if n.startswith("HEADRACE_DATABASE")))
if mode == "crash":
    sys.exit(7)
if mode == "leave":
    sys.exit(0)
if name == "web":
    server = HTTPServer(("127.0.0.1", int(os.environ["HEADRACE_PORT"])), Ready)
    threading.Thread(target=server.serve_forever, daemon=True).start()
while not stop:
    time.sleep(0.02)
tell("stopped", os.getpid(), database() if mode == "embedded" else "")
"""


class Up:
    """One `headrace up` with children made for the test, and what they tell."""

    def __init__(self, folder: Path, port: int, **environment: str) -> None:
        self.folder = folder
        self.port = port
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("HEADRACE_")},
            "HEADRACE_DATA_DIR": str(folder / "data"),
            "HEADRACE_PORT": str(port),
            "HEADRACE_DATABASE_URL": NOWHERE,
            **environment,
        }
        (folder / "child.py").write_text(CHILD)
        (folder / "supervisor.py").write_text(SUPERVISOR)
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *, web: str = "", worker: str = "", migrate: str = "0") -> subprocess.Popen[str]:
        output = (self.folder / f"output{len(self.processes)}").open("w")
        process = subprocess.Popen(
            [sys.executable, str(self.folder / "supervisor.py"), str(self.folder), web, worker, migrate],
            env={name: text for name, text in self.environment.items() if text},
            cwd=self.folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        output.close()
        self.processes.append(process)
        return process

    def output(self, number: int = -1) -> str:
        number = range(len(self.processes))[number]
        return (self.folder / f"output{number}").read_text()

    def events(self, beginning: str = "") -> list[list[str]]:
        path = self.folder / "events"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line.split() for line in lines if line.startswith(beginning)]

    def await_events(self, beginning: str, number: int = 1) -> list[list[str]]:
        until(lambda: len(self.events(beginning)) >= number, lambda: f"{self.events()} {self.output()}")
        return self.events(beginning)

    def await_output(self, text: str) -> None:
        until(lambda: text in self.output(), self.output)

    def await_ready(self) -> None:
        self.await_output(f"Headrace is ready at http://127.0.0.1:{self.port}")
        self.await_events("worker started")

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        until(lambda: all(has_ended(int(event[2])) for event in self.events() if event[1:2] == ["started"]))


def until(is_so: Callable[[], object], explain: Callable[[], object] = lambda: "", seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"it did not become so in time: {explain()}"
        time.sleep(0.01)


def has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="hr-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def up(folder: Path, port: int) -> Iterator[Up]:
    up = Up(folder, port)
    yield up
    up.end()


@pytest.fixture
def embedded(folder: Path, port: int) -> Iterator[Up]:
    up = Up(folder, port, HEADRACE_DATABASE_URL="")
    yield up
    up.end()
    EmbeddedServer(folder / "data").stop()


def test_migrations_come_first_and_the_ready_line_names_the_address(up: Up) -> None:
    process = up.start()
    up.await_ready()
    assert up.events()[0] == ["migrate", "done"]
    process.terminate()
    assert process.wait(timeout=10) == 0


def test_failed_migrations_end_it_with_code_1_before_anything_else_starts(up: Up) -> None:
    assert up.start(migrate="5").wait(timeout=10) == 1
    assert up.events() == [["migrate", "done"]]


def test_children_get_the_database_url_and_no_other_way_to_a_database(up: Up, folder: Path) -> None:
    (folder / "secret").write_text(NOWHERE)
    up.environment |= {"HEADRACE_DATABASE_URL": "", "HEADRACE_DATABASE_URL_FILE": str(folder / "secret")}
    up.start()
    assert up.await_events("worker started")[0][4:] == ["HEADRACE_DATABASE_URL"]


def test_ctrl_c_reaches_each_child_once_and_the_worker_first(up: Up) -> None:
    process = up.start()
    up.await_ready()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=10) == 0
    told = [event[:2] for event in up.events() if event[1] != "started"][1:]
    assert told == [["worker", "SIGTERM"], ["worker", "stopped"], ["web", "SIGTERM"], ["web", "stopped"]]


def test_a_second_signal_kills_at_once(up: Up) -> None:
    up.environment["HEADRACE_STOP_GRACE"] = "600"
    process = up.start(web="stubborn", worker="stubborn")
    up.await_ready()
    process.send_signal(signal.SIGTERM)
    up.await_events("worker SIGTERM")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert all(has_ended(int(event[2])) for event in up.events() if event[1] == "started")


def test_a_stop_during_the_recovery_of_postgres_is_obeyed(embedded: Up) -> None:
    server = EmbeddedServer(embedded.folder / "data")
    server.start()
    server.stop()
    pgdata = embedded.folder / "data/postgres"
    (pgdata / "recovery.signal").touch()
    account_for(pgdata).own(pgdata / "recovery.signal")
    with (pgdata / "postgresql.auto.conf").open("a") as conf:
        conf.write("restore_command = 'sleep 600'\n")
    process = embedded.start()
    until(lambda: server.pid is not None, embedded.output)
    process.terminate()
    assert process.wait(timeout=20) == 0
    assert server.pid is None
    assert embedded.events() == []


def test_a_dead_worker_is_replaced_under_a_new_id_and_the_old_one_expired(up: Up) -> None:
    up.start()
    up.await_ready()
    (_, _, pid, first, *_) = up.events("worker started")[0]
    began = time.monotonic()
    os.kill(int(pid), signal.SIGKILL)
    second = up.await_events("worker started", 2)[1][3]
    assert up.await_events("expired")[0][1] == first != second
    assert time.monotonic() - began < 15  # its lease has 30


def test_a_child_that_ends_unasked_with_code_0_is_started_again(up: Up) -> None:
    up.start(worker="leave")
    up.await_events("worker started", 2)
    up.await_output("worker ended with code 0; starting it again now")


def test_a_child_that_keeps_dying_is_started_with_growing_pauses(up: Up) -> None:
    up.start(worker="crash")
    up.await_events("worker started", 2)
    began = time.monotonic()
    up.await_events("worker started", 4)
    assert 2.5 < time.monotonic() - began < 20
    assert [line.split("again ")[1] for line in up.output().splitlines() if "again" in line][:3] == [
        "now",
        "in 1 s",
        "in 2 s",
    ]


def test_a_second_supervisor_is_refused_by_the_name_of_the_first(up: Up) -> None:
    first = up.start()
    up.await_ready()
    second = up.start()
    assert second.wait(timeout=10) == 3
    assert "AlreadyRunning" in up.output()
    assert f"process {first.pid}, http://127.0.0.1:{up.port}" in up.output()


def test_a_port_another_program_has_is_named(up: Up) -> None:
    with socket.create_server(("127.0.0.1", up.port)):
        assert up.start().wait(timeout=20) == 3
    assert f"another program listens at http://127.0.0.1:{up.port}" in up.output()


def test_the_supervisor_stays_lean() -> None:
    heavy = "{'sqlalchemy', 'alembic', 'fastapi', 'rich', 'uvicorn', 'openai', 'pydantic_ai'}"
    code = f"import sys; import headrace.cli.up; sys.exit(str({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stderr.strip() == "set()"


def test_it_brings_postgres_up_and_down_last(embedded: Up) -> None:
    process = embedded.start(web="embedded", worker="embedded")
    embedded.await_ready()
    server = EmbeddedServer(embedded.folder / "data")
    assert server.pid is not None
    process.terminate()
    assert process.wait(timeout=20) == 0
    assert [event[3] for event in embedded.events() if event[1:2] == ["stopped"]] == ["with-database"] * 2
    assert server.pid is None


def test_kill_9_of_the_supervisor_stops_the_children_and_the_next_adopts_postgres(embedded: Up) -> None:
    embedded.start()
    embedded.await_ready()
    server = EmbeddedServer(embedded.folder / "data")
    pid = server.pid
    embedded.processes[0].kill()
    embedded.await_events("web orphaned")
    embedded.await_events("worker orphaned")
    process = embedded.start()
    embedded.await_ready()
    assert server.pid == pid is not None
    process.terminate()
    assert process.wait(timeout=20) == 0
    assert server.pid is None


def test_it_comes_back_after_kill_9_of_everything(embedded: Up) -> None:
    embedded.start()
    embedded.await_ready()
    server = EmbeddedServer(embedded.folder / "data")
    postmaster = server.pid
    assert postmaster is not None
    processes = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    children = [event[2] for event in embedded.events() if event[1] == "started"]
    for pid in (str(embedded.processes[0].pid), str(postmaster), *processes, *children):
        os.kill(int(pid), signal.SIGKILL)
    embedded.processes[0].wait()
    process = embedded.start()
    embedded.await_ready()
    server.start()
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    process.terminate()
    assert process.wait(timeout=20) == 0


def test_postgres_that_dies_is_started_again_and_the_children_live_on(embedded: Up) -> None:
    process = embedded.start()
    embedded.await_ready()
    server = EmbeddedServer(embedded.folder / "data")
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: server.pid not in {None, pid}, embedded.output)
    server.start()
    assert len(embedded.events("web started")) == len(embedded.events("worker started")) == 1
    process.terminate()
    assert process.wait(timeout=20) == 0
