"""kill -9 between the parts of a park: the job goes on once, nothing is paid for twice, and no answer is lost."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

import psycopg
import pytest
from tests.faults.snare import snare

from headrace.db.connect import Database
from headrace.jobs.answers import Answer, answer

CALLS = "SELECT step, state FROM headrace.ai_calls ORDER BY id"
WAIT = "SELECT id FROM headrace.waits"
STATE = "SELECT state FROM headrace.waits"
LEFT_OPEN = "SELECT count(*) FROM headrace.waits WHERE state = 'open'"
BLOCKED = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event <> 'advisory'
"""
PARKED = "NEW.state = 'waiting'"


def say(crew, word: str) -> None:
    """Answer the wait, as a web process does."""

    async def give() -> None:
        database = Database(crew.url, connections=1)
        await database.open()
        try:
            await answer(database, Answer(value=word), wait_id=crew.one(WAIT), now=None)
        finally:
            await database.close()

    asyncio.run(give())


@contextmanager
def saying(crew, word: str):
    """Answer the wait meanwhile; whoever answers is told that it is stored before the block is left."""
    failed: list[BaseException] = []

    def give() -> None:
        try:
            say(crew, word)
        except BaseException as error:  # noqa: BLE001 - raised in the test's own thread
            failed.append(error)

    thread = threading.Thread(target=give)
    thread.start()
    yield
    thread.join(40)
    assert not thread.is_alive()
    assert failed == []


def go_on(crew, victim) -> None:
    crew.bury(victim)
    crew.start()


def assert_done_once(crew, job_id, *, runs: int) -> None:
    row = crew.until_final(job_id, 60)
    assert (row["state"], row["result"], row["runs"]) == ("completed", "True yes True", runs)
    assert (row["failures"], row["crashes"]) == (0, 0)
    assert crew.rows(CALLS) == [("draft", "ok"), ("polish", "ok")]
    assert crew.rows(STATE) == [("answered",)]
    assert crew.one("SELECT count(*) FROM headrace.job_steps WHERE name = 'word'") == 1
    assert [what for _, what, _ in crew.effects()].count("goes-on") == 1


PLACES = [
    pytest.param("INSERT", "waits", "true", False, id="before the wait"),
    pytest.param("INSERT", "waits", "true", True, id="after the wait"),
    pytest.param("UPDATE", "jobs", PARKED, False, id="before the park"),
    pytest.param("UPDATE", "jobs", PARKED, True, id="after the park"),
]


@pytest.mark.long
@pytest.mark.parametrize(("event", "table", "when", "is_committed"), PLACES)
def test_a_job_whose_worker_dies_as_it_parks_waits_and_goes_on_once(crew, event, table, when, is_committed):
    with snare(crew, event, table, when) as trap:
        victim = crew.start()
        [job_id] = crew.submit("approved")
        trap.kill(victim, is_committed=is_committed)
        go_on(crew, victim)
        crew.until(lambda: crew.row(job_id)["state"] == "waiting", 60)
    is_parked_already = table == "jobs" and is_committed
    assert crew.one(LEFT_OPEN) == 1
    say(crew, "yes")
    assert_done_once(crew, job_id, runs=2 if is_parked_already else 3)


@pytest.mark.parametrize("is_committed", [False, pytest.param(True, marks=pytest.mark.long)])
def test_an_answer_that_comes_while_the_worker_dies_at_the_park_is_kept(crew, is_committed):
    with snare(crew, "UPDATE", "jobs", PARKED) as trap:
        victim = crew.start()
        [job_id] = crew.submit("approved")
        trap.until_caught()
        with saying(crew, "yes"):
            crew.until(lambda: crew.one(BLOCKED) == 1)
            victim.kill()
            if is_committed:
                trap.let_go()
            else:
                trap.undo()
        go_on(crew, victim)
    assert_done_once(crew, job_id, runs=2)


@pytest.mark.long
def test_an_answer_to_a_job_whose_worker_died_before_the_park_is_found_by_the_next_run(crew):
    with snare(crew, "UPDATE", "jobs", PARKED) as trap:
        victim = crew.start()
        [job_id] = crew.submit("approved")
        trap.until_caught()
        victim.kill()
        trap.undo()
    say(crew, "yes")
    assert crew.row(job_id)["state"] == "running"
    go_on(crew, victim)
    assert_done_once(crew, job_id, runs=2)


@pytest.mark.long
def test_an_answer_that_is_cut_off_before_its_commit_can_be_given_again_and_counts_once(crew):
    crew.start()
    [job_id] = crew.submit("approved")
    crew.until(lambda: crew.row(job_id)["state"] == "waiting", 60)
    with snare(crew, "UPDATE", "waits", "NEW.state = 'answered'") as trap:
        lost: list[BaseException] = []

        def give() -> None:
            try:
                say(crew, "yes")
            except psycopg.OperationalError as error:
                lost.append(error)

        thread = threading.Thread(target=give)
        thread.start()
        trap.until_caught()
        trap.undo()
        thread.join(40)
    assert len(lost) == 1
    assert crew.row(job_id)["state"] == "waiting"
    for _ in range(2):
        say(crew, "yes")
    assert_done_once(crew, job_id, runs=2)


@pytest.mark.long
def test_a_worker_that_dies_as_it_goes_on_after_an_answer_goes_on_from_there_again(crew):
    victim = crew.start()
    [job_id] = crew.submit("approved")
    crew.until(lambda: crew.row(job_id)["state"] == "waiting", 60)
    with snare(crew, "INSERT", "ai_calls", "NEW.step = 'polish'") as trap:
        say(crew, "yes")
        trap.until_caught()
        victim.kill()
        trap.undo()
        go_on(crew, victim)
    row = crew.until_final(job_id, 60)
    assert (row["state"], row["result"], row["runs"]) == ("completed", "True yes True", 3)
    assert crew.rows(CALLS) == [("draft", "ok"), ("polish", "ok")]
