"""The embedded server from an operator's side: started, adopted, refused, reached."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from headrace.db.embedded import EmbeddedServer
from headrace.db.server_account import account_for
from headrace.db.server_programs import programs
from headrace.errors import DatabaseFailed

FAST = {"fsync": "off"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="hr-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(folder / "data", settings=FAST)
    yield server
    server.stop()


def ask(server: EmbeddedServer, question: str) -> str:
    with psycopg.connect(server.url) as connection:
        (answer,) = connection.execute(question.encode()).fetchone() or ("",)
        return str(answer)


def as_user(uid: int, act: Callable[[], str]) -> str:
    """Run `act` in a copy of this process that became another user, and return what it said or raised."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(pwd.getpwuid(uid).pw_gid)
            os.setuid(uid)
            said = act()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test wants to read it
            said = f"{type(error).__name__}: {error}"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    return said


@pytest.mark.parametrize("version", [16, 18])
def test_a_new_folder_gets_a_durable_server_that_listens_on_its_socket_alone(folder: Path, version: int) -> None:
    server = EmbeddedServer(folder / "data", version=version)
    server.start()
    try:
        assert ask(server, "SHOW server_version").startswith(f"{version}.")
        durable = "SELECT current_setting('fsync') || current_setting('synchronous_commit')"
        assert ask(server, f"{durable} || current_setting('data_checksums')") == "ononon"
        assert ask(server, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'headrace'") == "UTF8"
        assert ask(server, "SELECT 'B' < 'a'") == "True"
        assert ask(server, "SHOW listen_addresses") == ""
        assert ask(server, "SHOW max_connections") == "100"
    finally:
        server.stop()
    assert server.pid is None


def test_a_stopped_server_keeps_its_data_and_a_running_one_is_adopted(server: EmbeddedServer, folder: Path) -> None:
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    server.start()
    adopted = EmbeddedServer(folder / "data")
    adopted.start()
    assert adopted.pid == server.pid
    assert ask(adopted, "SELECT n FROM kept") == "7"
    adopted.stop()
    assert server.pid is None


def test_two_starts_at_once_share_one_server(folder: Path) -> None:
    servers = [EmbeddedServer(folder / "data", settings=FAST) for _ in range(2)]
    barrier = threading.Barrier(2)

    def start(server: EmbeddedServer) -> None:
        barrier.wait()
        server.start()

    threads = [threading.Thread(target=start, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert servers[0].pid == servers[1].pid is not None
    finally:
        for server in servers:
            server.stop()


@as_root
def test_root_runs_the_server_as_another_account_and_gets_in(server: EmbeddedServer, folder: Path) -> None:
    server.start()
    assert Path(f"/proc/{server.pid}").stat().st_uid == account_for(folder / "data/postgres").uid != 0
    assert ask(server, "SELECT current_user") == "headrace"


@as_root
def test_an_ordinary_user_runs_the_server_as_itself(folder: Path) -> None:
    user = account_for(folder / "none")
    warm = EmbeddedServer(folder / "warm", settings=FAST)  # imports what the copy can't read, opens the programs' way
    warm.start()
    warm.stop()
    os.chown(folder, user.uid, user.gid)
    server = EmbeddedServer(folder / "data", settings=FAST)

    def start() -> str:
        server.start()
        owner = Path(f"/proc/{server.pid}").stat().st_uid
        answer = f"{owner} {ask(server, 'SELECT current_user')}"
        server.stop()
        return answer

    assert as_user(user.uid, start) == f"{user.uid} headrace"


@as_root
def test_a_folder_of_an_ordinary_user_started_once_by_root_still_opens_for_that_user(folder: Path) -> None:
    user = account_for(folder / "none")
    warm = EmbeddedServer(folder / "warm", settings=FAST)
    warm.start()
    warm.stop()
    os.chown(folder, user.uid, user.gid)
    server = EmbeddedServer(folder / "data", settings=FAST)

    def start_and_stop() -> str:
        server.start()
        answer = ask(server, "SELECT current_user")
        server.stop()
        return answer

    assert as_user(user.uid, start_and_stop) == "headrace"
    assert start_and_stop() == "headrace"
    assert as_user(user.uid, start_and_stop) == "headrace"


@as_root
def test_a_user_is_told_when_the_folder_is_of_somebody_else(server: EmbeddedServer) -> None:
    server.start()
    said = as_user(pwd.getpwnam("nobody").pw_uid, lambda: str(EmbeddedServer(server.data_dir).start()))
    assert "start Headrace as the user who owns it" in said


@as_root
def test_another_user_cannot_even_reach_the_socket(server: EmbeddedServer) -> None:
    server.start()
    said = as_user(pwd.getpwnam("nobody").pw_uid, lambda: ask(server, "SELECT 1"))
    assert "Permission denied" in said


@as_root
def test_the_account_of_the_server_reaches_the_socket_and_is_refused_there(
    server: EmbeddedServer, folder: Path
) -> None:
    server.start()
    said = as_user(account_for(folder / "data/postgres").uid, lambda: ask(server, "SELECT 1"))
    assert "Peer authentication failed" in said


@as_root
def test_a_folder_that_trusted_everybody_trusts_them_no_more(server: EmbeddedServer, folder: Path) -> None:
    server.start()
    (folder / "data/postgres/pg_hba.conf").write_text("local all all trust\n")
    ask(server, "SELECT pg_reload_conf()")
    server.start()
    ask(server, "SELECT 1")
    said = as_user(account_for(folder / "data/postgres").uid, lambda: ask(server, "SELECT 1"))
    assert "Peer authentication failed" in said


@as_root
def test_a_closed_parent_folder_lets_the_server_through_and_stays_closed_to_others(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "data", settings=FAST)
    server.start()
    try:
        account = account_for(closed / "data/postgres")
        assert ask(server, "SELECT 1") == "1"
        assert "PermissionError" in as_user(pwd.getpwnam("nobody").pw_uid, lambda: str((closed / "data").stat()))
        assert "PermissionError" in as_user(account.uid, lambda: str(list(closed.iterdir())))
    finally:
        server.stop()


@as_root
def test_programs_installed_for_root_alone_are_opened_for_the_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = programs(18).parent.parent
    site = folder / "closed/site-packages"
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), site / name, ignore=shutil.ignore_patterns("pginstall", "include"))
    for path in (site, *site.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)
    site.parent.chmod(0o700)
    monkeypatch.syspath_prepend(str(site))
    server = EmbeddedServer(folder / "data", settings=FAST)
    server.start()
    try:
        assert Path(f"/proc/{server.pid}/cmdline").read_bytes().startswith(os.fsencode(site))
        assert "PermissionError" in as_user(pwd.getpwnam("nobody").pw_uid, lambda: str((site / "x").stat()))
    finally:
        server.stop()


def test_the_short_socket_folder_is_made_again_under_its_name_when_it_was_cleaned_away(folder: Path) -> None:
    server = EmbeddedServer(folder / ("x" * 120), settings=FAST)
    server.start()
    first = server.url
    server.stop()
    noted = Path((server.data_dir / "socket-folder").read_text())
    noted.rmdir()
    server.start()
    try:
        assert server.url == first
    finally:
        server.stop()
        noted.rmdir()


def test_a_short_socket_folder_that_others_can_write_to_is_not_used(folder: Path) -> None:
    server = EmbeddedServer(folder / ("x" * 120), settings=FAST)
    server.start()
    first = server.url
    server.stop()
    noted = Path((server.data_dir / "socket-folder").read_text())
    noted.chmod(0o777)
    server.start()
    try:
        assert server.url != first
    finally:
        server.stop()
        noted.rmdir()
        Path((server.data_dir / "socket-folder").read_text()).rmdir()


def test_a_cluster_removed_in_use_is_not_replaced_by_an_empty_one(folder: Path) -> None:
    server = EmbeddedServer(folder / "data", settings=FAST)
    server.start()
    server.stop()
    shutil.rmtree(folder / "data/postgres")
    with pytest.raises(DatabaseFailed, match="was removed while in use"):
        server.start()


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv, to give up a capability")
def test_root_of_a_container_which_may_not_trace_processes_adopts_the_server(server: EmbeddedServer) -> None:
    server.start()
    code = (
        "import sys; from pathlib import Path; from headrace.db.embedded import EmbeddedServer;"
        "found = EmbeddedServer(Path(sys.argv[1])); found.start(); print(found.pid)"
    )
    command = ["setpriv", "--bounding-set=-sys_ptrace", sys.executable, "-c", code, str(server.data_dir)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == f"{server.pid}\n"


@pytest.mark.parametrize("name", ["x" * 120, "with, comma", "with 'quote'"])
def test_a_path_no_socket_can_have_gets_a_folder_of_its_own_for_the_socket(folder: Path, name: str) -> None:
    server = EmbeddedServer(folder / name / "data", settings=FAST)
    server.start()
    try:
        socket = Path(ask(server, "SHOW unix_socket_directories"))
        assert folder not in socket.parents
        assert socket.stat().st_mode & 0o777 == 0o700
        first = server.url
        server.stop()
        server.start()
        assert server.url == first
    finally:
        server.stop()
    shutil.rmtree(socket)


def test_a_path_with_spaces_keeps_its_socket(folder: Path) -> None:
    server = EmbeddedServer(folder / "my data +1", settings=FAST)
    server.start()
    try:
        assert ask(server, "SHOW unix_socket_directories") == str(folder / "my data +1/run")
    finally:
        server.stop()


def test_data_of_another_version_is_refused_by_name(folder: Path) -> None:
    old = EmbeddedServer(folder / "data", version=16, settings=FAST)
    old.start()
    old.stop()
    with pytest.raises(DatabaseFailed, match="is of PostgreSQL 16, not 18"):
        EmbeddedServer(folder / "data").start()


def test_a_folder_with_other_files_is_left_alone(folder: Path) -> None:
    (folder / "data/postgres").mkdir(parents=True)
    (folder / "data/postgres/diary.txt").write_text("mine")
    with pytest.raises(DatabaseFailed, match="holds no PostgreSQL cluster"):
        EmbeddedServer(folder / "data").start()
    assert (folder / "data/postgres/diary.txt").read_text() == "mine"


def test_a_cluster_half_made_when_the_power_went_is_made_anew(server: EmbeddedServer, folder: Path) -> None:
    half = folder / "data/postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server.start()
    assert ask(server, "SELECT 1") == "1"
    assert not half.exists()


def test_a_start_that_fails_says_what_the_server_said(folder: Path) -> None:
    server = EmbeddedServer(folder / "data", settings={**FAST, "shared_buffers": "nonsense"})
    with pytest.raises(DatabaseFailed, match=r"invalid value for parameter .shared_buffers"):
        server.start()
