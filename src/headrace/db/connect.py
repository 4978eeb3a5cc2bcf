"""The process's connections: one psycopg pool, which SQLAlchemy borrows from for product tables."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from headrace.db.patience import PATIENCE, BoundedConnection
from headrace.errors import Unavailable

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]

# A peer that vanished without a word is noticed within about 15 s, by idle connections and by those that wait.
_KEEPALIVE = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
# A plan made while the queue was empty and kept for all values reads a full one from end to end, until statistics come:
# so each statement is planned for its values and the table as it is.
_GUARDS = """
    SELECT set_config('plan_cache_mode', 'force_custom_plan', false),
           set_config('statement_timeout', %s, false),
           set_config('idle_in_transaction_session_timeout', '60s', false),
           set_config('timezone', 'UTC', false)
"""
# That is most of the time of a claim that finds one job: its plan is kept, where none is to be had that reads a whole table.
_KEPT_PLANS = """
    SELECT set_config('plan_cache_mode', 'force_generic_plan', false), set_config('enable_seqscan', 'off', false),
           set_config('enable_bitmapscan', 'off', false), set_config('enable_mergejoin', 'off', false),
           set_config('jit', 'off', false)
"""
CHECK_PATIENCE = 2.0
# The pool doubles its pauses between two tries to connect, and begins anew after so long; else it would come back from an
# outage as late as the outage was long.
RECONNECT = 4.0
# What went wrong between us and the server, not with a statement: the same work may succeed on another connection.
BROKEN = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, Unavailable)


def conninfo(url: str, application: str = "headrace") -> str:
    """Return libpq's connection string for a URL, with keepalives unless the URL sets its own."""
    return make_conninfo(**{"application_name": application, **_KEEPALIVE, **_parts(url)})


_topics: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()

KEPT_FREE = 2


class Database:
    """The connections of one process to one PostgreSQL database."""

    def __init__(
        self,
        url: str,
        *,
        connections: int = 4,
        application: str = "headrace",
        patience: float = PATIENCE,
        keeps_plans: bool = False,
    ) -> None:
        """Prepare a pool of at most `connections`; `open` connects. A statement takes at most `patience` seconds.

        `keeps_plans` is for statements that tests/sql holds to one plan, whatever is in the tables.
        """
        self.url = url
        self._keeps_plans = keeps_plans
        self._patience = patience
        self._turns = asyncio.Semaphore(max(1, connections - KEPT_FREE))
        self.on_commit: Callable[[set[str]], None] | None = None
        self._sifting: asyncio.Task[None] | None = None
        self.pool: AsyncConnectionPool[BoundedConnection] = _Pool(
            conninfo(url, application),
            connection_class=BoundedConnection,
            min_size=1,
            max_size=connections,
            open=False,
            timeout=10,
            max_idle=600,
            configure=self._configure,
            reset=_reset,
            reconnect_timeout=RECONNECT,
            reconnect_failed=_begin_again,
            kwargs={"autocommit": True},
            close_returns=True,
        )

    async def open(self, *, patience: float = 30) -> None:
        """Open the pool; `Unavailable` when no connection comes within `patience` seconds."""
        await self.pool.open()
        try:
            await self.pool.wait(timeout=patience)
        except PoolTimeout as error:
            await self.pool.close()
            raise Unavailable(f"PostgreSQL did not answer within {patience:.0f} s; is it running?") from error

    async def close(self) -> None:
        """Close every connection."""
        if self._sifting is not None:
            self._sifting.cancel()
        if "engine" in self.__dict__:
            await self.engine.dispose()
        await self.pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection in autocommit mode: every statement is its own transaction."""
        try:
            async with self.pool.connection() as conn:
                try:
                    yield conn
                    self._committed(conn)
                finally:
                    _topics.pop(conn, None)
                    if conn.broken:
                        self._sift()
        except PoolTimeout as error:
            raise Unavailable("All database connections are busy; try again in a moment") from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection inside one transaction, committed at the end of the block."""
        async with self.connection() as conn, conn.transaction():
            yield conn

    @cached_property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy over the same pool (imported only when product tables are used)."""
        from sqlalchemy.ext.asyncio import create_async_engine
        from sqlalchemy.pool import NullPool

        return create_async_engine(engine_url(self.url), poolclass=NullPool, async_creator=self._lend)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Lend a SQLAlchemy session inside one transaction, committed at the end of the block."""
        if "sqlalchemy.ext.asyncio" not in sys.modules:  # off the loop: the first time takes a second
            await asyncio.to_thread(importlib.import_module, "sqlalchemy.ext.asyncio")
        from sqlalchemy.ext.asyncio import AsyncSession

        try:
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            self._committed(session)
        except PoolTimeout as error:
            raise Unavailable("All database connections are busy; try again in a moment") from error

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait, however long, for a turn to hold a connection for as long as a job's code likes.

        Two connections are never held so: the process's own short statements find one.
        """
        async with self._turns:
            yield

    def _sift(self) -> None:
        """Look through the idle connections once one turned out dead: after a restart of the server they all are."""
        if self._sifting is None or self._sifting.done():
            self._sifting = asyncio.create_task(self.pool.check())

    def _committed(self, conn: object) -> None:
        topics = _topics.pop(conn, None)
        if topics and self.on_commit is not None:
            self.on_commit(topics)

    async def _lend(self) -> Connection:
        conn = await self.pool.getconn()
        conn.is_long_allowed = True  # the statements are a product's, and so may be their timeout
        await conn.set_autocommit(False)
        return conn

    async def _configure(self, conn: BoundedConnection) -> None:
        conn.patience = self._patience
        await conn.execute(_GUARDS, [f"{self._patience * 800:.0f}ms"])
        if self._keeps_plans:
            await conn.execute(_KEPT_PLANS)


class _Pool(AsyncConnectionPool[BoundedConnection]):
    """A pool that is quick to give up the idle connections that do not answer, since none is lent while it looks."""

    @staticmethod
    async def check_connection(conn: BoundedConnection) -> None:
        usual, conn.patience = conn.patience, min(conn.patience, CHECK_PATIENCE)
        try:
            await AsyncConnectionPool.check_connection(conn)
        finally:
            conn.patience = usual


def note_topics(conn: object, topics: set[str]) -> None:
    """Remember what to wake when the work on this connection of ours is committed (a caller's own is found by polling)."""
    _topics.setdefault(conn, set()).update(topics)


def engine_url(url: str) -> URL:
    """Return SQLAlchemy's URL for psycopg 3, whatever form (URL or key=value) the setting has."""
    from sqlalchemy.engine import URL

    return URL.create("postgresql+psycopg", query=_parts(conninfo(url)))


def _parts(url: str) -> dict[str, str]:
    return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}


async def _reset(conn: BoundedConnection) -> None:
    conn.is_long_allowed = False
    await conn.set_autocommit(True)


async def _begin_again(pool: AsyncConnectionPool[BoundedConnection]) -> None:
    await pool.check()
