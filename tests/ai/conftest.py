"""A worker that runs the test's tasks for real, against the fake provider."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from psycopg.rows import dict_row
from pydantic import SecretStr

from headrace.ai.connected import Connected
from headrace.ai.models import Models
from headrace.ai.offline import Offline
from headrace.ai.openai import connect_openai
from headrace.app import App
from headrace.jobs.cancel import cancel
from headrace.jobs.show import list_events, list_steps, show_job
from headrace.jobs.task import Task
from headrace.jobs.upkeep import start as start_upkeep
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace.testing.provider import FakeProvider
from headrace.worker.worker import Worker

T = TypeVar("T")

FINAL = {"completed", "failed", "cancelled"}


@pytest.fixture
async def openai(provider: FakeProvider) -> AsyncIterator[Connected]:
    client = connect_openai("fake-key", provider.url)
    yield client
    await client.close()


async def poll(look: Callable[[], Awaitable[T]], is_there: Callable[[T], bool]) -> T:
    async with asyncio.timeout(30):
        while True:
            seen = await look()
            if is_there(seen):
                return seen
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Bench:
    """A running worker with the test's app."""

    app: App
    runtime: Runtime
    background: list[asyncio.Task[None]]

    def start_worker(self) -> None:
        self.background.append(asyncio.create_task(Worker(self.runtime).run()))

    async def submit(self, task: Task[Any, Any], value: object = None) -> UUID:
        async with self.runtime.database.transaction() as conn:
            return (await task.submit(conn, value)).id

    async def run(self, task: Task[Any, Any], value: object = None) -> dict[str, Any]:
        return await self.finished(await self.submit(task, value))

    async def finished(self, job_id: UUID) -> dict[str, Any]:
        return await self.until(job_id, lambda job: job["state"] in FINAL)

    async def until(self, job_id: UUID, is_there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async def look() -> dict[str, Any]:
            async with self.runtime.database.connection() as conn:
                return await show_job(conn, job_id)

        return await poll(look, is_there)

    async def until_written(self, job_id: UUID, step: str, text: str) -> None:
        await poll(lambda: self.written(job_id, step), lambda written: written == text)

    async def cancel(self, job_id: UUID) -> None:
        async with self.runtime.database.connection() as conn:
            await cancel(conn, job_id)

    async def steps(self, job_id: UUID) -> list[dict[str, Any]]:
        async with self.runtime.database.connection() as conn:
            return await list_steps(conn, job_id)

    async def written(self, job_id: UUID, step: str) -> str:
        async with self.runtime.database.connection() as conn:
            events = await list_events(conn, job_id, after=0, limit=10_000)
        texts: list[str] = []
        for event in events:
            if event["data"].get("step") != step:
                continue
            if event["type"] == "text_reset":
                texts.clear()
            if event["type"] == "text":
                texts.append(event["data"]["text"])
        return "".join(texts)

    async def until_blocked(self) -> None:
        """Wait until a statement of this database waits for a row lock."""

        async def look() -> int:
            async with self.runtime.database.connection() as conn:
                cursor = await conn.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                (count,) = await cursor.fetchone() or (0,)
                return int(count)

        await poll(look, lambda blocked: blocked > 0)

    async def calls(self, job_id: UUID) -> list[dict[str, Any]]:
        async with (
            self.runtime.database.connection() as conn,
            conn.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute("SELECT * FROM headrace.ai_calls WHERE job_id = %s ORDER BY id", (job_id,))
            return await cursor.fetchall()


@pytest.fixture
def apps() -> list[App]:
    return [App("asking")]


@pytest.fixture
def settings(database_url: str, provider: FakeProvider) -> Settings:
    """Settings under which the fake provider answers."""
    return Settings(
        database_url=SecretStr(database_url),
        ai_model="openai:fake-model",
        openai_api_key=SecretStr("fake-key"),
        openai_base_url=provider.url,
        secret_key=SecretStr("a-secret-of-at-least-thirty-two-characters"),
        stop_grace=0,
    )


@pytest.fixture
async def bench(runtime: Runtime) -> AsyncIterator[Bench]:
    # The fake provider is billed like OpenAI, so that calls have a price.
    billed = connect_openai("fake-key", runtime.settings.openai_base_url, price_list="https://api.openai.com/v1")
    models = Models(runtime.settings, {"openai": billed, "offline": Offline(pace=timedelta())})
    runtime = replace(runtime, models=models)
    tasks = [
        asyncio.create_task(runtime.wakeups.run()),
        *start_upkeep(runtime.database, runtime.wakeups, runtime.clock, runtime.duties),
    ]
    yield Bench(runtime.apps[0], runtime, tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await models.close()
