"""PostgreSQL goes away and comes back under load: nothing is lost, nothing happens twice, no process exits."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from headrace.db.embedded import EmbeddedServer
from headrace.db.migrate import migrate

COUNT = 2_000
OUTAGES = 5


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """A server of the test's own; its commits are in the log when they are answered, as in production."""
    folder = Path(tempfile.mkdtemp(prefix="headrace-"))
    running = EmbeddedServer(folder, settings={"fsync": "off"})  # the machine does not go down, only the server
    running.start()
    migrate(running.url, [])
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def stop_fast(crew, server):
    """End PostgreSQL as `pg_ctl stop -m fast` does: clients are cut off, a checkpoint is written."""
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    crew.until(lambda: server.pid != pid)


def crash(crew, server):
    """End PostgreSQL as `pg_ctl stop -m immediate` does: no checkpoint, no word to its clients."""
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    crew.until(lambda: server.pid != pid)


def test_two_thousand_jobs_end_right_though_postgres_crashes_again_and_again(crew_over, server):
    crew = crew_over(server.url)
    workers = [crew.start(concurrency=40), crew.start(concurrency=40)]
    jobs = dict(zip(crew.submit_each("square", list(range(COUNT))), range(COUNT), strict=True))
    for n in range(1, OUTAGES + 1):
        crew.until(lambda n=n: crew.counts().get("completed", 0) >= n * COUNT // (OUTAGES + 2), 90)
        crash(crew, server)
        server.start()
    crew.until(lambda: crew.counts() == {"completed": COUNT}, 120)
    assert_all_right(crew, workers, jobs)


@pytest.mark.long
def test_ten_thousand_jobs_end_right_though_postgres_restarts_every_five_to_ten_seconds(crew_over, server):
    crew = crew_over(server.url)
    chance = random.Random(20_261_122)
    workers = [crew.start(concurrency=40), crew.start(concurrency=40)]
    jobs = dict(zip(crew.submit_each("square", list(range(10_000))), range(10_000), strict=True))
    outages = 0
    while crew.counts() != {"completed": len(jobs)}:
        signal.sigtimedwait([], chance.uniform(5, 10))
        (stop_fast if outages % 2 else crash)(crew, server)
        outages += 1
        server.start()
        assert outages < 100, crew.counts()
    assert outages > 3
    assert_all_right(crew, workers, jobs)


def assert_all_right(crew, workers, jobs):
    """Every job was done once, with the right result, by processes that never ended."""
    results = dict(crew.rows("SELECT id, result FROM headrace.jobs"))
    assert results == {id_: n * n for id_, n in jobs.items()}
    assert crew.one("SELECT count(*) FROM headrace.jobs WHERE failures <> 0 OR crashes <> 0") == 0
    assert [worker.process.poll() for worker in workers] == [None, None]
    assert crew.one("SELECT count(*) FROM headrace.workers") == 2
    # every run but the last was given back by the worker whose claim was not answered, and costs nothing
    assert {outcome for (outcome,) in crew.rows("SELECT DISTINCT outcome FROM headrace.job_runs")} <= {"released"}
    assert crew.one("SELECT count(*) FROM headrace.jobs WHERE fence <> 2 * runs") == 0
    texts = crew.rows("SELECT job_id FROM headrace.job_events WHERE type = 'text'")
    assert len(texts) == len(set(texts)) == len(jobs)
    assert crew.one("SELECT count(*) FROM headrace.job_steps") == len(jobs)
    gaps = crew.one(
        "SELECT count(*) FROM (SELECT max(seq) - count(*) AS gap FROM headrace.job_events GROUP BY job_id) WHERE gap <> 0"
    )
    assert gaps == 0


def test_a_worker_outlives_a_database_that_is_away_for_longer_than_a_pool_waits(crew_over, server):
    crew = crew_over(server.url)
    worker = crew.start()
    [running] = crew.submit("gated", crew.gate)
    crew.until_noted(running, "begins")
    crash(crew, server)
    crew.open_gate()  # the job ends while nobody can be told
    signal.sigtimedwait([], 12)
    assert worker.is_alive
    server.start()
    row = crew.until_final(running)
    assert (row["state"], row["runs"], row["failures"], row["crashes"]) == ("completed", 1, 0, 0)
    assert worker.is_alive
