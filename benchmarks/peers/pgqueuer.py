"""PgQueuer on asyncpg, its fastest driver; it moves finished jobs to a log table."""

from __future__ import annotations

import asyncio

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from benchmarks.program import chunks, payload, play, text_of, timed, wait_for_go

BATCH = 100  # with its default of 10 it is a third as fast


async def install() -> None:
    await Queries(AsyncpgDriver(await asyncpg.connect())).install()


async def fill(jobs: int) -> None:
    queries = Queries(AsyncpgDriver(await asyncpg.connect()))
    with timed():
        for numbers in chunks(jobs):
            texts = [text_of(payload(number)).encode() for number in numbers]
            await queries.enqueue(["nothing"] * len(texts), texts, [0] * len(texts))


async def work() -> None:
    queue = PgQueuer(AsyncpgDriver(await asyncpg.connect()))

    @queue.entrypoint("nothing")
    async def nothing(_job: Job) -> None: ...

    await asyncio.to_thread(wait_for_go)
    await queue.run(batch_size=BATCH)


if __name__ == "__main__":
    play(install, fill, work, run=uvloop.run)
