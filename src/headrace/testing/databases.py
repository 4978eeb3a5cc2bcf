"""Databases for tests: one embedded server a run, one migrated template a set of apps, one copy a test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from headrace.app import App
from headrace.db.embedded import EmbeddedServer
from headrace.db.migrate import migrate
from headrace.ids import new_id

# A test's database need not survive the machine: without fsync it is several times faster.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class Databases:
    """Makes databases on one server."""

    def __init__(self, url: str) -> None:
        """Use the server of this URL."""
        self.url = url
        self._templates: dict[tuple[str, ...], str] = {}

    @contextmanager
    def copy(self, apps: Sequence[App]) -> Iterator[str]:
        """Lend a migrated database of the given apps by its URL; it is dropped afterwards."""
        name = f"test_{new_id().hex}"
        template = self._template(apps)
        with psycopg.connect(self.url, autocommit=True) as conn:
            conn.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        try:
            yield url_of(self.url, name)
        finally:
            self._drop(name)

    def _template(self, apps: Sequence[App]) -> str:
        key = tuple(sorted(f"{app.name} {app.migrations}" for app in apps))
        if key not in self._templates:
            name = f"template_{new_id().hex}"
            with psycopg.connect(self.url, autocommit=True) as conn:
                conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            migrate(url_of(self.url, name), [app.migrations for app in apps if app.migrations])
            self._templates[key] = name
        return self._templates[key]

    def _drop(self, name: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def server(version: Literal[16, 18] = 18) -> Iterator[EmbeddedServer]:
    """Run an embedded PostgreSQL in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="headrace-"))
    running = EmbeddedServer(folder, version=version, settings=FAST)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def url_of(url: str, database: str) -> str:
    """Return the URL (or connection string) of another database on the same server."""
    return make_conninfo(
        **{**{k: str(v) for k, v in conninfo_to_dict(url).items() if v is not None}, "dbname": database}
    )
