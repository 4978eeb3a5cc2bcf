"""BullMQ for Python; finished jobs are removed, as keeping them costs it more."""

from __future__ import annotations

import asyncio

import uvloop
from bullmq import Job, Queue, Worker

from benchmarks.program import chunks, payload, play, redis_url, timed, wait_for_go

OPTIONS = {"connection": redis_url()}
CONCURRENCY = 50


def install() -> None: ...


async def fill(jobs: int) -> None:
    queue = Queue("jobs", OPTIONS)
    with timed():
        for numbers in chunks(jobs):
            keep_none = {"removeOnComplete": True}
            await queue.addBulk([{"name": "job", "data": payload(number), "opts": keep_none} for number in numbers])
    await queue.close()


async def work() -> None:
    await asyncio.to_thread(wait_for_go)
    worker = Worker("jobs", _nothing, {**OPTIONS, "concurrency": CONCURRENCY})
    await asyncio.Event().wait()
    await worker.close()


async def _nothing(_job: Job, _token: str) -> None: ...


if __name__ == "__main__":
    play(install, fill, work, run=uvloop.run)
