"""Procrastinate on psycopg."""

from __future__ import annotations

import asyncio

import uvloop
from procrastinate import App, PsycopgConnector

from benchmarks.program import chunks, payload, play, timed, url, wait_for_go

CONCURRENCY = 20  # as fast as 100
app = App(connector=PsycopgConnector(conninfo=url(), min_size=4, max_size=CONCURRENCY))


@app.task(name="nothing")
async def nothing(load: dict[str, object]) -> None: ...


async def install() -> None:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


async def fill(jobs: int) -> None:
    async with app.open_async():
        with timed():
            for numbers in chunks(jobs):
                await nothing.batch_defer_async(*[{"load": payload(number)} for number in numbers])


async def work() -> None:
    async with app.open_async():
        await asyncio.to_thread(wait_for_go)
        await app.run_worker_async(concurrency=CONCURRENCY, install_signal_handlers=False)


if __name__ == "__main__":
    play(install, fill, work, run=uvloop.run)
