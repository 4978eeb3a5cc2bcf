"""Connections that give up on a server that says nothing: no statement waits longer than its connection's patience.

The kernel's own limits (keepalives, `tcp_user_timeout`) watch the peer's kernel, and a proxy, a load balancer or a
machine whose PostgreSQL hangs answers those for ever. PostgreSQL's `statement_timeout` is shorter than the patience, so
it is always the server that ends a slow statement, and only silence that ends a connection.
"""

from __future__ import annotations

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.conninfo import make_conninfo
from psycopg.errors import _WaitTimeout
from psycopg.rows import TupleRow

PATIENCE = 15.0
LAST_LOOK = 0.5
"""An event loop that stood still finds its timer run out before it sees the answer that has long been there."""
_INTERVAL = 0.1

_IS_AT_WORK = "SELECT state = 'active' FROM pg_stat_activity WHERE pid = %s"


class BoundedConnection(psycopg.AsyncConnection[TupleRow]):
    """A connection that is closed, with an `OperationalError`, when the server stays silent within a statement.

    With `is_long_allowed` the server is asked over another connection first, and waited for as long as it is at work:
    a product's transaction may set a `statement_timeout` of its own.
    """

    patience = PATIENCE
    is_long_allowed = False

    async def wait(self, gen: PQGen[RV], interval: float = _INTERVAL, timeout: float | None = None) -> RV:
        """Wait for the server; what has a timeout of its own (notifications) keeps it."""
        if timeout is not None:
            return await super().wait(gen, interval, timeout)
        while True:
            for patience in (self.patience, LAST_LOOK):
                try:
                    return await super().wait(gen, interval, patience)
                except _WaitTimeout:
                    pass
            if not (self.is_long_allowed and await self._is_at_work()):
                self.pgconn.finish()
                raise silent(self.patience)

    async def _is_at_work(self) -> bool:
        address = make_conninfo(self.info.dsn, password=self.info.password, connect_timeout=max(2, int(self.patience)))
        try:
            async with await BoundedConnection.connect(address, autocommit=True) as other:
                other.patience = self.patience
                row = await (await other.execute(_IS_AT_WORK, [self.info.backend_pid])).fetchone()
        except psycopg.Error:
            return False
        return row is not None and bool(row[0])


class BoundedSyncConnection(psycopg.Connection[TupleRow]):
    """The same for a thread."""

    patience = PATIENCE

    def wait(self, gen: PQGen[RV], interval: float = _INTERVAL, timeout: float | None = None) -> RV:
        """Wait for the server; what has a timeout of its own (notifications) keeps it."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except _WaitTimeout:
            self.pgconn.finish()
            raise silent(self.patience) from None


def silent(seconds: float) -> psycopg.OperationalError:
    """Return the error of a server that said nothing for so long."""
    return psycopg.OperationalError(f"PostgreSQL said nothing for {seconds:.0f} s; the connection was given up")
