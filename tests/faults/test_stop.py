"""SIGTERM: running jobs go back without using an attempt, none is lost, and a second signal does not wait."""

from __future__ import annotations

import signal
import time


def test_a_stopped_worker_releases_two_hundred_running_jobs_and_exits_with_zero(crew):
    worker = crew.start(concurrency=200, grace=1)
    crew.submit("gated", crew.gate, count=230)
    crew.until(lambda: len(crew.effects()) == 200)
    worker.signal(signal.SIGTERM)
    assert worker.ended(40) == 0
    assert crew.counts() == {"queued": 230}
    assert crew.one("SELECT count(*) FROM headrace.jobs WHERE failures <> 0 OR crashes <> 0") == 0
    assert crew.rows("SELECT outcome, count(*) FROM headrace.job_runs GROUP BY outcome") == [("released", 200)]
    assert crew.one("SELECT state FROM headrace.workers") == "stopped"
    crew.open_gate()
    crew.start(concurrency=200)
    crew.until(lambda: crew.counts() == {"completed": 230})


def test_a_run_unwinds_at_its_next_step_boundary(crew):
    worker = crew.start(grace=40)
    [job_id] = crew.submit("many_steps", 400)
    crew.until_noted(job_id, "step-5")
    began = time.monotonic()
    worker.signal(signal.SIGTERM)
    assert worker.ended() == 0
    assert time.monotonic() - began < 20  # not by the end of its grace
    row = crew.row(job_id)
    assert (row["state"], row["failures"], row["crashes"]) == ("queued", 0, 0)
    begun = {what for _, what, _ in crew.effects()}
    finished = {name for (name,) in crew.rows("SELECT name FROM headrace.job_steps")}
    assert begun == finished


def test_a_worker_stopped_in_the_midst_of_claiming_leaves_no_job_behind(crew):
    crew.submit("nothing", count=15_000)
    for n in range(4):
        worker = crew.start(concurrency=100)
        done = crew.counts().get("completed", 0)
        crew.until(lambda done=done: crew.counts().get("completed", 0) > done + 100)
        worker.signal(signal.SIGTERM)
        assert worker.ended() == 0
        assert set(crew.counts()) <= {"queued", "completed"}, n
    assert crew.one("SELECT count(*) FROM headrace.jobs WHERE crashes <> 0 OR failures <> 0") == 0
    assert crew.counts()["queued"] > 0  # else the stops came too late to prove anything


def test_a_second_signal_ends_the_worker_at_once_and_its_jobs_are_rescued(crew):
    worker = crew.start(grace=60)
    [job_id] = crew.submit("gated", crew.gate)
    crew.until_noted(job_id, "begins")
    worker.signal(signal.SIGTERM)
    crew.until(lambda: crew.one("SELECT state FROM headrace.workers") == "stopping")
    worker.signal(signal.SIGTERM)
    assert worker.ended(20) == 130
    crew.bury(worker)
    crew.open_gate()
    crew.start()
    row = crew.until_final(job_id)
    assert (row["state"], row["runs"], row["failures"]) == ("completed", 2, 0)


def test_a_worker_whose_event_loop_is_blocked_gives_its_jobs_back_and_ends(crew):
    worker = crew.start(grace=1)
    [beside] = crew.submit("gated", crew.gate)
    crew.until_noted(beside, "begins")
    [blocking] = crew.submit("block", crew.gate)
    crew.until_noted(blocking, "begins")
    worker.signal(signal.SIGTERM)
    assert worker.ended() == 0
    assert worker.says("worker.deaf")
    assert crew.counts() == {"queued": 2}
    assert crew.one("SELECT count(*) FROM headrace.jobs WHERE failures <> 0 OR crashes <> 0") == 0
    assert crew.rows("SELECT outcome, count(*) FROM headrace.job_runs GROUP BY outcome") == [("released", 2)]
    assert crew.one("SELECT state FROM headrace.workers") == "stopped"
    crew.open_gate()
    crew.start()
    crew.until(lambda: crew.counts() == {"completed": 2})


def test_a_second_signal_ends_a_worker_whose_event_loop_is_blocked_at_once(crew):
    worker = crew.start(grace=60)
    [job_id] = crew.submit("block", crew.gate)
    crew.until_noted(job_id, "begins")
    worker.signal(signal.SIGTERM)
    worker.signal(signal.SIGINT)
    assert worker.ended(20) == 130
