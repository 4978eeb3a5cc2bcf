"""Brings the platform's schema, then each app's own schema, to the newest version."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from headrace.db.connect import conninfo, engine_url
from headrace.errors import HeadraceError

if TYPE_CHECKING:
    from sqlalchemy import Connection

# One number for all starters of all releases: whoever holds it migrates, the others wait and find nothing to do.
LOCK = 0x6865616472616365 >> 1
LOCK_TIMEOUT = "5s"


class MigrationError(HeadraceError):
    """A migration failed; the version before it is untouched and goes on working."""

    code = "migration_failed"


@dataclass(frozen=True, slots=True)
class Migrations:
    """A folder of Alembic versions and the schema they own."""

    schema: str
    folder: Path


PLATFORM = Migrations("headrace", Path(__file__).parent.parent / "migrations" / "versions")


def migrate(url: str, apps: Sequence[Migrations] = ()) -> None:
    """Migrate under an advisory lock, each step in its own transaction with `lock_timeout`.

    Raises `MigrationError` naming the schema; what was applied before the failing step stays applied.
    """
    if _is_done(url, (PLATFORM, *apps)):  # as at most starts, which Alembic would make a second longer
        return
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool
    from sqlalchemy.schema import CreateSchema

    engine = create_engine(engine_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    stepwise = engine.execution_options(isolation_level="READ COMMITTED")
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        for migrations in (PLATFORM, *apps):
            guard.execute(CreateSchema(migrations.schema, if_not_exists=True))
            with stepwise.connect() as conn:
                _upgrade(conn, migrations)


def _is_done(url: str, wanted: Sequence[Migrations]) -> bool:
    """Whether every schema is at its newest version; in any doubt it is not."""
    try:
        with psycopg.connect(conninfo(url, "headrace migrate"), autocommit=True) as conn:
            return all(_versions(conn, migrations.schema) == _newest(migrations.folder) for migrations in wanted)
    except (psycopg.Error, OSError, SyntaxError, ValueError):
        return False


def _versions(conn: psycopg.Connection, schema: str) -> set[str]:
    asked = sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(schema, "schema_version"))
    return {version for (version,) in conn.execute(asked)}


def _newest(folder: Path) -> set[str]:
    """Return the versions that no other one follows, as the files say."""
    versions: set[str] = set()
    followed: set[str] = set()
    for path in folder.glob("*.py"):
        said = _constants(path)
        versions.add(str(said["revision"]))
        before = said["down_revision"] or ()
        followed |= {before} if isinstance(before, str) else set(before)
    return versions - followed


def _constants(path: Path) -> dict[str, Any]:
    """Return what a version's file says of itself; raises `ValueError` for what is not written out."""
    said: dict[str, Any] = {}
    for statement in ast.parse(path.read_bytes()).body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="revision" | "down_revision" as name)], value=value)
                | ast.AnnAssign(target=ast.Name(id="revision" | "down_revision" as name), value=ast.expr() as value)
            ):
                said[name] = ast.literal_eval(value)
    if len(said) != 2:
        raise ValueError(f"{path} names no revision")
    return said


def _upgrade(conn: Connection, migrations: Migrations) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    conn.execute(text("SELECT set_config('lock_timeout', :timeout, false)"), {"timeout": LOCK_TIMEOUT})
    conn.commit()
    config = Config()
    config.set_main_option("script_location", str(PLATFORM.folder.parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(migrations.folder))
    config.attributes |= {"connection": conn, "schema": migrations.schema}
    try:
        command.upgrade(config, "head")
    except SQLAlchemyError as error:
        raise MigrationError(f"The migration of schema {migrations.schema!r} failed: {error}") from error
