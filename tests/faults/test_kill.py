"""kill -9: what a dead worker ran goes on elsewhere, and no finished step runs again."""

from __future__ import annotations

import random
import time
from collections import Counter


def test_a_killed_workers_job_goes_on_elsewhere_within_lease_and_sweep(crew):
    victim = crew.start()
    [job_id] = crew.submit("three_steps", crew.gate)
    crew.until_noted(job_id, "two")
    other = crew.start()
    crew.until(lambda: crew.one("SELECT count(*) FROM headrace.workers") == 2)
    victim.kill()
    began = time.monotonic()
    crew.open_gate()
    row = crew.until_final(job_id, 60)
    assert time.monotonic() - began < 45  # the lease of 30 s, the sweep of 5.5, and a moment to run
    assert (row["state"], row["result"]) == ("completed", "one-two-three")
    assert (row["runs"], row["failures"], row["crashes"]) == (2, 0, 0)
    assert [(what, run) for _, what, run in crew.effects()] == [("one", 1), ("two", 1), ("two", 2), ("three", 2)]
    assert crew.rows("SELECT run, outcome FROM headrace.job_runs") == [(1, "crashed")]
    assert other.is_alive


def test_finished_steps_never_run_again_however_often_workers_are_killed(crew):
    jobs = crew.submit("many_steps", 25, count=30)
    members = [crew.start(), crew.start()]
    luck = random.Random(7)
    for n in range(4):
        target = len(crew.effects()) + luck.randint(20, 120)
        crew.until(lambda target=target: len(crew.effects()) >= target)
        victim = members[n % 2]
        victim.kill()
        crew.bury(victim)
        members[n % 2] = crew.start()
    crew.until(lambda: crew.counts() == {"completed": 30}, 40)
    stored = {(id_, name): run for id_, name, run in crew.rows("SELECT job_id, name, run FROM headrace.job_steps")}
    assert len(stored) == 30 * 25
    late = [effect for effect in crew.effects() if effect[2] > stored[effect[0], effect[1]]]
    assert late == []
    assert crew.one("SELECT count(*) FROM headrace.job_runs WHERE outcome = 'crashed'") > 0
    for job_id in jobs:
        row = crew.row(job_id)
        assert (row["result"], row["failures"]) == (300, 0)
        seqs = [
            seq for (seq,) in crew.rows("SELECT seq FROM headrace.job_events WHERE job_id = %s ORDER BY seq", job_id)
        ]
        assert seqs == list(range(1, row["event_seq"] + 1))
    steps_told = Counter(crew.rows("SELECT job_id, data ->> 'name' FROM headrace.job_events WHERE type = 'step'"))
    assert set(steps_told.values()) == {1}
