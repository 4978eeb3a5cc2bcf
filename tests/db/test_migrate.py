"""Migrations: safe to race, each app in its own schema, a failing step leaves what was before."""

import subprocess
import sys
import threading
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest

from headrace.db import migrate as module
from headrace.db.migrate import MigrationError, Migrations, migrate
from headrace.testing.databases import url_of


@pytest.fixture
def empty_url(databases):
    with psycopg.connect(databases.url, autocommit=True) as conn:
        conn.execute("DROP DATABASE IF EXISTS empty WITH (FORCE)")
        conn.execute("CREATE DATABASE empty")
    return url_of(databases.url, "empty")


@pytest.fixture
def own_migrations(tmp_path):
    def write(number: str, before: str | None, statement: str) -> Migrations:
        text = f"""
            from alembic import op

            revision = "shop_{number}"
            down_revision = {before!r}


            def upgrade() -> None:
                op.execute({statement!r})
        """
        (tmp_path / f"{number}.py").write_text(dedent(text))
        return Migrations("shop", tmp_path)

    return write


def tables(url: str, schema: str) -> set[str]:
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", (schema,))
        return {name for (name,) in rows.fetchall()}


def test_migrating_makes_the_tables_and_again_changes_nothing(empty_url):
    migrate(empty_url)
    first = tables(empty_url, "headrace")
    migrate(empty_url)
    assert {"jobs", "job_steps", "job_events", "workers", "schema_version"} <= first
    assert tables(empty_url, "headrace") == first


def test_alembic_is_not_loaded_when_there_is_nothing_to_migrate(empty_url, own_migrations):
    wanted = [own_migrations("0001", None, "CREATE TABLE shop.orders (id int)")]
    migrate(empty_url, wanted)
    assert not loads_alembic(empty_url, wanted[0])
    own_migrations("0002", "shop_0001", "CREATE TABLE shop.items (id int)")
    assert loads_alembic(empty_url, wanted[0])
    assert not loads_alembic(empty_url, wanted[0])


def loads_alembic(url: str, migrations: Migrations) -> bool:
    code = f"""
        import sys
        from pathlib import Path
        from headrace.db.migrate import Migrations, migrate
        migrate({url!r}, [Migrations({migrations.schema!r}, Path({str(migrations.folder)!r}))])
        sys.exit(3 if "alembic" in sys.modules else 0)
    """
    ended = subprocess.run([sys.executable, "-c", dedent(code)], check=False).returncode
    assert ended in {0, 3}
    return ended == 3


def test_two_starters_race_safely(empty_url):
    barrier = threading.Barrier(4)
    failures: list[BaseException] = []

    def start() -> None:
        barrier.wait()
        try:
            migrate(empty_url)
        except Exception as error:  # noqa: BLE001 - any is told by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert "jobs" in tables(empty_url, "headrace")


def test_an_app_has_its_own_schema_and_version_table(empty_url, own_migrations):
    migrate(empty_url, [own_migrations("0001", None, "CREATE TABLE shop.orders (id int)")])
    assert tables(empty_url, "shop") == {"orders", "schema_version"}
    migrate(empty_url, [own_migrations("0002", "shop_0001", "CREATE TABLE shop.items (id int)")])
    assert "items" in tables(empty_url, "shop")


def test_a_failing_step_names_its_schema_and_leaves_the_steps_before_it(empty_url, own_migrations):
    own_migrations("0001", None, "CREATE TABLE shop.orders (id int)")
    broken = own_migrations("0002", "shop_0001", "CREATE TABLE shop.items (id nonsense)")
    with pytest.raises(MigrationError, match="'shop'"):
        migrate(empty_url, [broken])
    assert "orders" in tables(empty_url, "shop")
    own_migrations("0002", "shop_0001", "CREATE TABLE shop.items (id int)")
    migrate(empty_url, [broken])
    assert "items" in tables(empty_url, "shop")


def test_a_step_that_cannot_get_its_lock_gives_up(empty_url, own_migrations, monkeypatch):
    migrate(empty_url, [own_migrations("0001", None, "CREATE TABLE shop.orders (id int)")])
    monkeypatch.setattr(module, "LOCK_TIMEOUT", "100ms")
    with psycopg.connect(empty_url) as conn:
        conn.execute("LOCK TABLE shop.orders IN ACCESS SHARE MODE")
        with pytest.raises(MigrationError, match="lock timeout"):
            migrate(empty_url, [own_migrations("0002", "shop_0001", "ALTER TABLE shop.orders ADD COLUMN n int")])


def test_every_migration_file_is_in_the_wheel():
    assert module.PLATFORM.folder.is_dir()
    assert list(Path(module.PLATFORM.folder).glob("0001_*.py"))
