"""Jobs that block, hang, overrun or are cancelled in a real worker process."""

from __future__ import annotations


def lease_of(crew, member):
    return crew.one("SELECT lease_until FROM headrace.workers WHERE id = %s", member.id)


def test_a_blocked_event_loop_keeps_its_lease(crew):
    worker = crew.start()
    [job_id] = crew.submit("block", crew.gate)
    crew.until_noted(job_id, "begins")
    before = lease_of(crew, worker)
    crew.until(lambda: lease_of(crew, worker) > before, 25)  # renewed while the loop stands still
    assert (job_id, "ends", 1) not in crew.effects()
    crew.open_gate()
    row = crew.until_final(job_id)
    assert (row["state"], row["runs"]) == ("completed", 1)
    assert worker.is_alive


def test_a_running_job_is_cancelled_with_a_receipt(crew):
    crew.start()
    [job_id] = crew.submit("gated", crew.gate)
    crew.until_noted(job_id, "begins")
    assert crew.cancel(job_id) == "running"
    row = crew.until_final(job_id)
    assert (row["state"], row["result"], row["error"]["code"]) == ("cancelled", None, "cancelled")
    receipt = row["cancellation"]
    assert (receipt["reason"], receipt["stopped"]) == ("user", "unwound")
    assert receipt["took_ms"] >= 0


def test_a_thread_that_ignores_its_cancel_is_named_in_the_receipt(crew):
    worker = crew.start()
    [job_id] = crew.submit("deaf", crew.gate)
    crew.until_noted(job_id, "begins")
    crew.cancel(job_id)
    row = crew.until_final(job_id)
    assert (row["state"], row["cancellation"]["stopped"]) == ("cancelled", "thread_abandoned")
    assert (job_id, "ends", 1) not in crew.effects()
    crew.open_gate()
    crew.until_noted(job_id, "ends")
    [next_id] = crew.submit("deaf", crew.gate)
    assert crew.until_final(next_id)["state"] == "completed"
    assert crew.row(job_id) == row
    assert worker.is_alive


def test_an_async_task_that_overran_its_timeout_is_tried_again(crew):
    crew.start()
    [job_id] = crew.submit("slow_at_first", attempts=2)
    row = crew.until_final(job_id)
    assert (row["state"], row["result"], row["runs"], row["failures"]) == ("completed", 2, 2, 1)
    [(outcome, error)] = crew.rows("SELECT outcome, error FROM headrace.job_runs")
    assert (outcome, error["code"]) == ("failed", "timeout")
