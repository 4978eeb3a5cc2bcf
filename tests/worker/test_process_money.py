"""A task in a process of its own waits for money as the others do: parked, without its process."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from headrace import App, SyncJob
from headrace.ai.affording import release_affordable
from headrace.ai.budget import Period
from headrace.ai.budgets import set_budgets
from headrace.ai.models import Models
from headrace.ai.openai import connect_openai
from headrace.runtime import Runtime
from headrace.settings import Settings

app = App("thrifty")
pytestmark = pytest.mark.anyio


@app.task(executor="process")
def write(job: SyncJob) -> str:
    return job.ai.text("Say hello", model="openai:gpt-5")


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
def settings(database_url, provider) -> Settings:
    return Settings(database_url=SecretStr(database_url), processes=1, stop_grace=1, openai_base_url=provider.url)


@pytest.fixture
async def runtime(runtime, provider) -> AsyncIterator[Runtime]:
    models = Models(
        runtime.settings, {"openai": connect_openai("fake-key", provider.url, price_list="https://api.openai.com/v1")}
    )
    yield replace(runtime, models=models)
    await models.close()


async def test_a_process_waits_for_money_without_a_worker(runtime, provider, submit, drain, job):
    async def allow(nano_usd: int) -> None:
        async with runtime.database.transaction() as conn:
            await set_budgets(conn, "installation", {Period.DAY: nano_usd})
        async with runtime.database.transaction() as conn:
            await release_affordable(conn)

    await allow(0)
    job_id = await submit(write)
    await drain()
    waiting = await job(job_id)
    assert (waiting["state"], waiting["failures"], provider.requests) == ("waiting", 0, [])
    provider.reply("Hello")
    await allow(10**9)
    await drain()
    assert (await job(job_id))["result"] == "Hello"
