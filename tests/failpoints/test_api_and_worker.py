"""Connections break at random under the API and the worker, before the work or after its commit: everything is done once.

The client does what the documentation says of a 503: it sends the same request again, with the same Idempotency-Key.
"""

from __future__ import annotations

import asyncio
import os

import pytest
from httpx2 import ASGITransport, AsyncClient
from psycopg.rows import dict_row

from headrace import App, Job, Retry
from headrace.ai.models import Models
from headrace.clock import Clock
from headrace.db.wake import Wakeups
from headrace.jobs.upkeep import DUTIES, start
from headrace.runtime import Runtime
from headrace.testing.faults import FaultyDatabase
from headrace.testing.signing_in import signed_in
from headrace.web.app import create_app
from headrace.worker.worker import Worker

pytestmark = pytest.mark.anyio

# `make faults` asks for more
SEEDS = range(int(os.environ.get("FAULT_SEEDS", "2")))
RATE = 0.1
JOBS = 120
app = App("faulty")


@app.task(retry=Retry(attempts=3))
async def twice(job: Job, n: int) -> int:
    job.log("begins")
    one = await job.step("one", plus, n)
    job.text("between")
    return await job.step("two", plus, one)


@app.task(retry=Retry(attempts=1))
async def falls(job: Job, n: int) -> None:
    await job.step("one", plus, n)
    raise ValueError("no")


async def plus(n: int) -> int:
    return n + 1


@pytest.fixture
def apps():
    return [app]


@pytest.fixture(params=SEEDS)
async def faulty(request, settings, apps, anyio_backend):
    database = FaultyDatabase(settings.database_url.get_secret_value(), connections=8, seed=request.param, rate=RATE)
    models = Models(settings)
    await database.open()
    yield Runtime(settings, database, Clock(), Wakeups(database), tuple(apps), models)
    database.rate = 0
    await models.close()
    await database.close()


class Client:
    """Sends a request until it is answered by something else than 503."""

    def __init__(self, inner):
        self.inner = inner
        self.refused = 0

    async def ask(self, method, path, **options):
        for _ in range(50):
            answer = await self.inner.request(method, path, **options)
            if answer.status_code != 503:
                return answer
            assert answer.headers["retry-after"]
            self.refused += 1
        raise AssertionError(f"{method} {path} is refused for ever")


async def test_everything_is_done_once_whatever_breaks(faulty):
    worker = Worker(faulty)
    working = [asyncio.create_task(worker.run()), *start(faulty.database, faulty.wakeups, faulty.clock, DUTIES)]
    transport = ASGITransport(app=create_app(faulty))
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", auth=signed_in(faulty)) as inner:
        client = Client(inner)
        ids = await asyncio.gather(*(submit(client, n) for n in range(JOBS)))
        for id_ in ids[::10]:
            answer = await client.ask("PUT", f"/api/v1/jobs/{id_}/cancellation")
            assert answer.status_code in {200, 202, 409}
            assert (await client.ask("GET", f"/api/v1/jobs/{id_}/events")).status_code == 200
        await settled(faulty, worker)
        retried = [id_ for id_ in ids if (await client.ask("GET", f"/api/v1/jobs/{id_}")).json()["state"] == "failed"]
        for n, id_ in enumerate(retried):
            headers = {"Idempotency-Key": f"again-{n}"}
            assert (await client.ask("POST", f"/api/v1/jobs/{id_}/retry", headers=headers)).status_code == 202
        await settled(faulty, worker)
        assert client.refused
    assert working[0].done() is False
    worker.stop()
    await working[0]
    for duty in working[1:]:
        duty.cancel()
    assert min(faulty.database.struck.values()) > 0
    await assert_done_once(faulty, len(retried))


async def submit(client, n):
    task = "falls" if n % 4 == 3 else "twice"
    headers = {"Idempotency-Key": f"job-{n}"} if n % 2 else {}
    options = {} if n % 2 else {"unique_key": f"job-{n}"}
    body = {"task": f"faulty.{task}", "input": n, **options}
    answer = await client.ask("POST", "/api/v1/jobs", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def settled(runtime, worker):
    """Wait until nothing is left but what a claim took whose answer was lost; that comes back when its worker stops."""
    async with asyncio.timeout(60):
        while await left(runtime, worker):
            await asyncio.sleep(0.02)  # the database is the only one that knows


async def left(runtime, worker):
    rows = await read(runtime, "SELECT id FROM headrace.jobs WHERE state IN ('queued', 'scheduled')")
    return len(rows) + len(worker.slots)


async def read(runtime, sql):
    rate, runtime.database.rate = runtime.database.rate, 0
    try:
        async with runtime.database.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
            return await (await cursor.execute(sql)).fetchall()
    finally:
        runtime.database.rate = rate


async def assert_done_once(runtime, retried):
    jobs = await read(runtime, "SELECT * FROM headrace.jobs")
    # one a submission, one a retry; a unique key is free again once its job ended, so a late second sending makes another
    assert {job["input"] for job in jobs} == set(range(JOBS))
    keyed = [job["input"] for job in jobs if job["input"] % 2 and job["retry_of"] is None]
    assert sorted(keyed) == list(range(1, JOBS, 2))
    assert sum(job["retry_of"] is not None for job in jobs) == retried
    done = [job for job in jobs if job["state"] == "completed"]
    assert all((job["result"], job["failures"]) == (job["input"] + 2, 0) for job in done)
    assert {job["state"] for job in jobs} <= {"completed", "failed", "cancelled", "queued"}
    assert all(job["crashes"] == 0 for job in jobs)
    gaps = "SELECT job_id FROM headrace.job_events GROUP BY job_id HAVING max(seq) <> count(*)"
    assert await read(runtime, gaps) == []
    logs = "SELECT job_id FROM headrace.job_events WHERE type = 'text' GROUP BY job_id HAVING count(*) > 1"
    assert await read(runtime, logs) == []
