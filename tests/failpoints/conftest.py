"""What lies between a worker and PostgreSQL, to be broken, and a job of two steps that has to survive it."""

from __future__ import annotations

import asyncio

import pytest

from headrace import App, Job, Retry
from headrace.testing.proxy import Proxy

app = App("network")


@app.task(retry=Retry(attempts=1))
async def steps(job: Job, n: int) -> int:
    one = await job.step("one", plus, n)
    await asyncio.sleep(0.05)
    return await job.step("two", plus, one)


async def plus(n: int) -> int:
    return n + 1


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def proxy(database_url, anyio_backend):
    async with Proxy(database_url).running() as running:
        yield running
