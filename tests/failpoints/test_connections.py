"""No connection is to be had: requests are told so and when to come back, workers keep their lease, and all go on later."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import psycopg
import pytest
from httpx2 import ASGITransport, AsyncClient
from pydantic import SecretStr

from headrace import App, Job, Retry
from headrace.db.embedded import EmbeddedServer
from headrace.db.migrate import migrate
from headrace.jobs.upkeep import DUTIES, start
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace.testing.signing_in import signed_in
from headrace.web.app import create_app
from headrace.worker.worker import Worker

pytestmark = pytest.mark.anyio

MOST = 12
KILL_POOLED = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = 'headrace' AND pid <> pg_backend_pid()
"""
app = App("crowd")
gate = asyncio.Event()


@app.task(retry=Retry(attempts=1))
async def through(job: Job) -> str:
    await job.step("before", lambda: 1)
    await gate.wait()
    return await job.step("after", lambda: "through")


@pytest.fixture
def apps():
    return [app]


async def test_a_request_that_gets_no_connection_is_asked_to_come_back(client, runtime):
    runtime.database.pool.timeout = 0.2
    async with AsyncExitStack() as stack:
        for _ in range(runtime.database.pool.max_size):
            await stack.enter_async_context(runtime.database.connection())
        for answer in (
            await client.get("/api/v1/jobs"),
            await client.post("/api/v1/jobs", json={"task": "crowd.through"}, headers={"Idempotency-Key": "once"}),
        ):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.json()["code"] == "unavailable"
    runtime.database.pool.timeout = 10
    answer = await client.post("/api/v1/jobs", json={"task": "crowd.through"}, headers={"Idempotency-Key": "once"})
    assert answer.status_code == 202


@pytest.fixture
def small_server():
    """A server that takes few connections."""
    folder = Path(tempfile.mkdtemp(prefix="headrace-"))
    settings = {"fsync": "off", "max_connections": str(MOST), "superuser_reserved_connections": "0"}
    running = EmbeddedServer(folder, settings=settings)
    running.start()
    migrate(running.url, [])
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def take_all(stack, url):
    """Take every connection that is free."""
    taken = 0
    while True:
        try:
            stack.enter_context(psycopg.connect(url, autocommit=True))
            taken += 1
        except psycopg.OperationalError:
            return taken


@pytest.fixture
async def crowded(small_server, apps):
    """A worker and a client on a small server."""
    settings = Settings(database_url=SecretStr(small_server.url), secret_key=SecretStr("x" * 40), stop_grace=1)
    async with Runtime.open(settings, apps, connections=3) as runtime:
        worker = Worker(runtime)
        working = asyncio.create_task(worker.run())
        duties = start(runtime.database, runtime.wakeups, runtime.clock, DUTIES)
        transport = ASGITransport(app=create_app(runtime))
        async with AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", auth=signed_in(runtime)
        ) as client:
            yield worker, client
        worker.stop()
        await working
        for duty in duties:
            duty.cancel()
        await asyncio.gather(*duties, return_exceptions=True)


@pytest.mark.long
async def test_while_the_server_takes_no_more_a_worker_keeps_its_job_and_all_go_on_soon_after(small_server, crowded):
    worker, client = crowded
    job = (await client.post("/api/v1/jobs", json={"task": "crowd.through"})).json()
    await until(lambda: asyncio.sleep(0, len(worker.slots)))

    async def look():
        return await client.get(f"/api/v1/jobs/{job['id']}")

    with ExitStack() as crowd:
        first = crowd.enter_context(psycopg.connect(small_server.url, autocommit=True))
        until_crowded = time.monotonic() + 40
        while time.monotonic() < until_crowded:
            first.execute(KILL_POOLED)
            await asyncio.to_thread(take_all, crowd, small_server.url)
            answer = await look()
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        [(left,)] = first.execute("SELECT lease_until - now() FROM headrace.workers").fetchall()
        assert left.total_seconds() > 0  # its keeper holds a connection of its own
        gate.set()
    back = time.monotonic()

    async def is_done():
        answer = await look()
        return answer.status_code == 200 and answer.json()["state"] == "completed"

    await until(is_done)
    assert time.monotonic() - back < 25
    with psycopg.connect(small_server.url) as conn:
        assert conn.execute("SELECT result, runs, crashes FROM headrace.jobs").fetchall() == [("through", 1, 0)]


async def until(condition):
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.05)  # nothing tells
