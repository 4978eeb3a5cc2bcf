"""A snare: it holds a process of ours at the commit of certain rows, so that it can be killed just there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from tests.faults.conftest import Crew, Member

_MAKE = """
    CREATE FUNCTION headrace.snare() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END'
"""
# deferred: it fires when COMMIT has been asked for, so that a statement that is let go is committed, and nobody is told
_ARM = """
    CREATE CONSTRAINT TRIGGER snare AFTER {event} ON headrace.{table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION headrace.snare()
"""
_CAUGHT = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'
"""


class Snare:
    """A trigger that makes whoever commits certain rows wait, until that is let go or undone."""

    def __init__(self, crew: Crew, conn: psycopg.Connection) -> None:
        self._crew = crew
        self._conn = conn

    def until_caught(self) -> int:
        """Wait until a commit hangs in it; return the server process that is at it."""
        pid: int = self._crew.until(self._caught)
        return pid

    def kill(self, victim: Member, *, is_committed: bool) -> None:
        """Kill a worker whose commit hangs in it; what it wanted to commit is kept or lost."""
        self.until_caught()
        victim.kill()
        if is_committed:
            self.let_go()
        else:
            self.undo()

    def let_go(self) -> None:
        """Let it be committed, though nobody may be there to hear of it; nobody is caught from now on."""
        self._conn.execute("SELECT pg_advisory_unlock(1)")
        self._crew.until(lambda: self._caught() is None)

    def undo(self) -> None:
        """Have the server end the connection, which rolls everything back; nobody is caught from now on."""
        pid = self.until_caught()
        self._conn.execute("SELECT pg_terminate_backend(%s)", [pid])
        alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        self._crew.until(lambda: self._crew.one(alive, pid) == 0)
        self.let_go()

    def _caught(self) -> int | None:
        rows = self._crew.rows(_CAUGHT)
        return int(rows[0][0]) if rows else None


@contextmanager
def snare(crew: Crew, event: str, table: str, when: str = "true") -> Iterator[Snare]:
    """Lend a snare for an `INSERT` or `UPDATE` of rows for which the condition holds."""
    with psycopg.connect(crew.url, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(1)")
        conn.execute(_MAKE)
        conn.execute(sql.SQL(_ARM.format(event=event, table=table, when=when)))  # type: ignore[arg-type]  # a test's own SQL
        yield Snare(crew, conn)
