"""Celery on Redis, in its pool `solo`: faster for no-op jobs than its threads and processes."""

from __future__ import annotations

from celery import Celery

from benchmarks.program import chunks, payload, play, redis_url, timed, wait_for_go

app = Celery("bench", broker=redis_url())
app.conf.update(
    task_ignore_result=True,
    worker_prefetch_multiplier=64,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)


@app.task(name="nothing")
def nothing(load: dict[str, object]) -> None: ...


def install() -> None: ...


def fill(jobs: int) -> None:
    with timed():
        for numbers in chunks(jobs):
            for number in numbers:
                nothing.delay(payload(number))


def work() -> None:
    worker = app.Worker(pool="solo", loglevel="ERROR", without_gossip=True, without_mingle=True, quiet=True)
    wait_for_go()
    worker.start()


if __name__ == "__main__":
    play(install, fill, work)
