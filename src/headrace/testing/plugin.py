"""The pytest plugin: fixtures for tests of tasks, routes and apps; see `headrace.testing`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from httpx2 import AsyncClient

    from headrace.app import App
    from headrace.clock import Clock
    from headrace.jobs.answers import Receipt
    from headrace.jobs.task import Task
    from headrace.runtime import Runtime
    from headrace.settings import Settings
    from headrace.testing.databases import Databases
    from headrace.testing.provider import FakeProvider


Faults: TypeAlias = "Callable[[Runtime], AbstractAsyncContextManager[Runtime]]"
STRUCK = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the run choose its PostgreSQL, and whether connections break."""
    parser.addoption("--headrace-postgres", default="18", choices=("16", "18"), help="version of the test server")
    parser.addoption("--headrace-faults", type=int, metavar="SEED", help="break connections within HTTP requests")
    parser.addoption("--headrace-fault-rate", type=float, default=0.01, metavar="SHARE", help="how many of them, of 1")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count the faults."""
    config.stash[STRUCK] = 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how often a connection was broken."""
    if config.getoption("--headrace-faults") is not None:
        terminalreporter.write_line(f"faults struck: {config.stash[STRUCK]}")


@pytest.fixture
def anyio_backend() -> str:
    """Run async tests on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """One PostgreSQL server for the whole run."""
    from headrace.testing.databases import Databases, server

    version = request.config.getoption("--headrace-postgres")
    with server(16 if version == "16" else 18) as running:
        yield Databases(running.url)


@pytest.fixture
def apps() -> Sequence[App]:
    """The apps under test; override it."""
    return ()


@pytest.fixture
def database_url(databases: Databases, apps: Sequence[App]) -> Iterator[str]:
    """A migrated database of the test's own."""
    with databases.copy(apps) as url:
        yield url


@pytest.fixture
def settings(database_url: str) -> Settings:
    """The settings of the test's runtime; override it to change some."""
    from pydantic import SecretStr

    from headrace.settings import Settings

    return Settings(
        database_url=SecretStr(database_url), secret_key=SecretStr("a key for tests " * 2), concurrency=20, stop_grace=1
    )


@pytest.fixture
def clock() -> Clock:
    """A clock that follows the database until `advance` moves it."""
    from headrace.clock import Clock

    return Clock()


@pytest.fixture
async def runtime(settings: Settings, apps: Sequence[App], clock: Clock, faults: Faults) -> AsyncIterator[Runtime]:
    """An open runtime with the test's apps, database and clock."""
    from headrace.runtime import Runtime

    async with Runtime.open(settings, apps, connections=8, clock=clock) as opened:
        if any(app.schedules for app in apps):
            await opened.scheduler.declare(clock.now)
        async with faults(opened) as faulty:
            yield faulty


@pytest.fixture
async def faults(request: pytest.FixtureRequest, anyio_backend: str) -> Faults:
    """What `--headrace-faults` makes of a runtime: one whose database breaks within HTTP requests."""
    del anyio_backend  # asked for so that fixtures run on the test's event loop
    seed: int | None = request.config.getoption("--headrace-faults")
    rate: float = request.config.getoption("--headrace-fault-rate")

    @asynccontextmanager
    async def hurt(runtime: Runtime) -> AsyncIterator[Runtime]:
        if seed is None:
            yield runtime
            return
        from headrace.testing.faults import hurt

        own = crc32(request.node.nodeid.encode(), seed)  # each test is struck elsewhere, and there again when run alone
        async with hurt(runtime, seed=own, rate=rate) as (faulty, database):
            yield faulty
        request.config.stash[STRUCK] += sum(database.struck.values())

    return hurt


@pytest.fixture
def submit(runtime: Runtime) -> Callable[..., Awaitable[UUID]]:
    """Submit a job: `await submit(task, input, **options)` returns its id."""

    async def submit_one(task: Task[Any, Any], value: object = None, **options: Any) -> UUID:  # noqa: ANN401
        async with runtime.database.transaction() as conn:
            return (await task.submit(conn, value, **options)).id

    return submit_one


@pytest.fixture
def drain(runtime: Runtime) -> Callable[..., Awaitable[None]]:
    """Run everything that is ready: `await drain()`."""
    from headrace.testing.draining import drain

    return lambda **options: drain(runtime, **options)


@pytest.fixture
def answer(runtime: Runtime) -> Callable[..., Awaitable[Receipt]]:
    """Answer what a job waits for: `await answer(job_id, "approval", {"approved": True})`."""
    from headrace.testing.answering import answer

    return lambda *given, **options: answer(runtime, *given, **options)


@pytest.fixture
def job(runtime: Runtime) -> Callable[[UUID], Awaitable[dict[str, Any]]]:
    """Read a job's row: `(await job(id))["state"]`."""
    from psycopg.rows import dict_row

    async def read(job_id: UUID) -> dict[str, Any]:
        async with runtime.database.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute("SELECT * FROM headrace.jobs WHERE id = %s", (job_id,))
            row = await cursor.fetchone()
        if row is None:
            raise LookupError(f"There is no job {job_id}")
        return row

    return read


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[AsyncClient]:
    """An HTTP client that speaks to the app of the runtime."""
    from httpx2 import ASGITransport, AsyncClient

    from headrace.testing.serving import insistent
    from headrace.testing.signing_in import signed_in
    from headrace.web.app import create_app

    transport = ASGITransport(app=insistent(create_app(runtime), runtime))
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", auth=signed_in(runtime)) as opened:
        yield opened


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """A fake AI provider on a loopback port."""
    from headrace.testing.provider import FakeProvider

    with FakeProvider() as running:
        yield running
