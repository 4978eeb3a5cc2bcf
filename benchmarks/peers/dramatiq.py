"""Dramatiq on Redis, with its eight threads."""

from __future__ import annotations

import threading

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from benchmarks.program import chunks, payload, play, redis_url, timed, wait_for_go

broker = RedisBroker(url=redis_url())
dramatiq.set_broker(broker)


@dramatiq.actor
def nothing(load: dict[str, object]) -> None: ...


def install() -> None: ...


def fill(jobs: int) -> None:
    with timed():
        for numbers in chunks(jobs):
            for number in numbers:
                nothing.send(payload(number))


def work() -> None:
    worker = dramatiq.Worker(broker, worker_threads=8)
    wait_for_go()
    worker.start()
    threading.Event().wait()


if __name__ == "__main__":
    play(install, fill, work)
