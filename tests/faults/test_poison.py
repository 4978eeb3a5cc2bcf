"""Jobs that kill their worker: three crashes convict the guilty one, and nobody else."""

from __future__ import annotations


def keep_one_alive(crew, condition, seconds=60):
    """Do what a supervisor does, until the condition is true: replace a worker that died."""
    member = crew.members[-1] if crew.members else crew.start()

    def check():
        nonlocal member
        if not member.is_alive:
            crew.bury(member)
            member = crew.start()
        return condition()

    crew.until(check, seconds)


def test_a_job_that_aborts_the_process_becomes_a_dead_letter_after_three_crashes(crew):
    [job_id] = crew.submit("poison")
    keep_one_alive(crew, lambda: crew.row(job_id)["finished_at"])
    row = crew.row(job_id)
    assert (row["state"], row["error"]["code"], row["crashes"], row["failures"]) == ("failed", "crashed", 3, 0)
    assert [(what, run) for _, what, run in crew.effects()] == [("begins", 1), ("begins", 2), ("begins", 3)]
    assert len(crew.members) == 4


def test_bystanders_of_a_poison_job_survive_it(crew):
    gate = crew.gate
    bystanders = crew.submit("gated", gate + "-late", count=4)
    [poison] = crew.submit("quit_at", gate)

    def all_run():
        return len({job for job, _, run in crew.effects() if run == 1}) == 5

    member = crew.start()
    crew.until(all_run)
    crew.open_gate()
    assert member.ended() == 3

    def twice_crashed():
        return crew.one("SELECT min(crashes) FROM headrace.jobs") == 2

    keep_one_alive(crew, twice_crashed)
    (crew.folder / "gate-late").touch()
    keep_one_alive(crew, lambda: crew.one("SELECT count(*) FROM headrace.jobs WHERE finished_at IS NULL") == 0)
    assert (crew.row(poison)["state"], crew.row(poison)["error"]["code"]) == ("failed", "crashed")
    for job_id in bystanders:
        row = crew.row(job_id)
        assert (row["state"], row["result"], row["failures"]) == ("completed", "through", 0)


def test_other_jobs_go_on_while_one_kills_its_worker_again_and_again(crew):
    good = crew.submit("many_steps", 10, count=4)
    [poison] = crew.submit("poison")
    keep_one_alive(crew, lambda: crew.one("SELECT count(*) FROM headrace.jobs WHERE finished_at IS NULL") == 0)
    assert crew.row(poison)["error"]["code"] == "crashed"
    assert {crew.row(job_id)["state"] for job_id in good} == {"completed"}
