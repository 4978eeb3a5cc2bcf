"""SIGSTOP and SIGCONT: a worker that slept through its lease changes nothing when it wakes, and works on."""

from __future__ import annotations

import signal

from headrace.worker.lease import expire_now


def test_the_late_writes_of_a_worker_that_slept_hit_nothing_and_it_goes_on_under_a_new_lease(crew):
    zombie = crew.start()
    [job_id] = crew.submit("three_steps", crew.gate)
    crew.until_noted(job_id, "two")
    zombie.signal(signal.SIGSTOP)
    expire_now(crew.url, zombie.id)
    crew.open_gate()
    other = crew.start()
    before = crew.until_final(job_id)
    steps = crew.rows("SELECT * FROM headrace.job_steps ORDER BY seq")
    assert (before["state"], before["runs"]) == ("completed", 2)
    zombie.signal(signal.SIGCONT)
    # its second step is finished now and finds no row to write, unless its keeper comes first and ends the run
    crew.until(lambda: zombie.says("job.lease_lost") or zombie.says("lease.lost"))
    crew.until(lambda: zombie.says("lease.lost"))
    assert crew.row(job_id) == before
    assert crew.rows("SELECT * FROM headrace.job_steps ORDER BY seq") == steps
    assert (job_id, "three", 1) not in crew.effects()
    other.signal(signal.SIGTERM)
    assert other.ended() == 0
    [next_id] = crew.submit("nothing")
    row = crew.until_final(next_id)
    assert row["state"] == "completed"
    assert row["worker_id"] not in {zombie.id, other.id}
    assert zombie.is_alive


def test_a_worker_that_slept_past_every_deadline_is_not_taken_for_stuck(crew):
    sleeper = crew.start()
    [job_id] = crew.submit("short", crew.gate)
    crew.until_noted(job_id, "begins")
    sleeper.signal(signal.SIGSTOP)
    signal.sigtimedwait([], 33)  # past its timeout of 1 s and the keeper's patience of 30 s
    sleeper.signal(signal.SIGCONT)
    row = crew.until_final(job_id)
    assert (row["state"], row["error"]["code"]) == ("failed", "timeout")
    assert sleeper.is_alive
