"""The stage: one PostgreSQL server with durable settings and one Redis, the same for all contestants of a run."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks import credential
from benchmarks.contestant import Contestant, call
from benchmarks.program import REDIS_PORT, URL
from headrace.db.embedded import EmbeddedServer
from headrace.ids import new_id
from headrace.testing.databases import url_of

# Every write of Redis is in its log; it is flushed each second, so a power cut may take that second's jobs.
REDIS_SETTINGS = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "")


class Redis:
    """A Redis server of our own on a free loopback port, spoken to by inline commands."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        assert program is not None
        self.port = free_port()
        self._process = subprocess.Popen(
            [program, "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(folder), *REDIS_SETTINGS],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", self.port))
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self._answers = self._socket.makefile("rb")

    def ask(self, command: str) -> str:
        self._socket.sendall(f"{command}\r\n".encode())
        return self._answers.readline().decode().strip().lstrip("+:")

    def sum(self, commands: tuple[str, ...]) -> int:
        """Return the sum of what commands for a number answer."""
        return sum(int(self.ask(command)) for command in commands)

    def stop(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait()


class Stage:
    """Where a run happens; `full` asks for the sizes of the targets instead of small ones, `peers` for other queues."""

    def __init__(self, folder: Path, *, full: bool, peers: bool = True) -> None:
        self.folder = folder
        self.full = full
        self.peers = peers
        self.server = EmbeddedServer(folder / "data")
        self._templates: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.has_redis and "redis" in self.__dict__:
            self.redis.stop()
        self.server.stop()

    @cached_property
    def redis(self) -> Redis:
        return Redis(self.folder)

    @property
    def has_redis(self) -> bool:
        return shutil.which("redis-server") is not None

    def size(self, short: int, full: int) -> int:
        """Return how many jobs or rows a figure takes in this run."""
        return full if self.full else short

    def environment(self, url: str) -> dict[str, str]:
        """Return what tells a contestant's program where its stores are."""
        redis = {REDIS_PORT: str(self.redis.port)} if self.has_redis else {}
        settings = {
            "HEADRACE_DATABASE_URL": url,
            "HEADRACE_DATA_DIR": str(self.folder / "files"),
            "HEADRACE_LOG_LEVEL": "warning",
            **credential.ENVIRONMENT,
        }
        parts = conninfo_to_dict(url)
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGDATABASE": "dbname"}
        postgres = {name: str(parts[part]) for name, part in names.items()}
        return {URL: url, **settings, **postgres, **redis}

    @contextmanager
    def database(self, contestant: Contestant) -> Iterator[str]:
        """Lend a database with the contestant's empty tables (and an empty Redis) by its URL; it is dropped afterwards."""
        if contestant.uses_redis:
            self.redis.ask("FLUSHALL")
        key = " ".join(contestant.command)
        with self.copy(key, lambda url: call(self, contestant, url, ["install"])) as url:
            yield url

    @contextmanager
    def copy(self, key: str, make: Callable[[str], object]) -> Iterator[str]:
        """Lend a copy of the database that `make` filled the first time."""
        if key not in self._templates:
            template = self._create()
            make(url_of(self.server.url, template))
            self._templates[key] = template
        name = self._create(self._templates[key])
        try:
            yield url_of(self.server.url, name)
        finally:
            self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def log(self) -> str:
        """Return what PostgreSQL said so far."""
        return (self.server.data_dir / "postgres.log").read_text("utf-8", "replace")

    def settle(self) -> None:
        """Write what is dirty, so that nobody pays for what came before."""
        self._execute(sql.SQL("CHECKPOINT").format())

    def _create(self, template: str = "template1") -> str:
        name = f"bench_{new_id().hex}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as conn:
            conn.execute(statement)


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
