"""The states are written once: the tables, the drawing and the API say the same as `headrace.jobs.states`."""

import re
from pathlib import Path

import pytest

from headrace.jobs.journal import EventType
from headrace.jobs.states import FINAL, TRANSITIONS, State

DRAWING = Path(__file__).parents[2] / "docs" / "queue.md"
ARROW = re.compile(r"^\s*(\[\*\]|\w+) --> (\[\*\]|\w+)", re.MULTILINE)


@pytest.fixture
async def checks(runtime):
    """The CHECK constraints of a table, by name."""

    async def read(table):
        async with runtime.database.connection() as conn:
            cursor = await conn.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE contype = 'c' AND conrelid = %s::regclass",
                (table,),
            )
            return dict(await cursor.fetchall())

    return read


def words(check):
    return set(re.findall(r"'(\w+)'::text", check))


def drawn():
    drawing = DRAWING.read_text().partition("stateDiagram-v2")[2].partition("```")[0]
    return ARROW.findall(drawing)


@pytest.mark.anyio
async def test_the_table_knows_exactly_the_states(checks):
    assert words((await checks("headrace.jobs"))["jobs_state_check"]) == set(State)


@pytest.mark.anyio
async def test_the_table_gives_exactly_the_final_states_a_time_of_their_end(checks):
    found = [text for text in (await checks("headrace.jobs")).values() if "finished_at IS NOT NULL" in text]
    assert [words(text) for text in found] == [set(FINAL)]


@pytest.mark.anyio
async def test_the_table_knows_exactly_the_types_of_events(checks):
    assert words((await checks("headrace.job_events"))["job_events_type_check"]) == set(EventType)


def test_every_state_has_its_moves():
    assert set(TRANSITIONS) == set(State)


def test_every_state_can_be_reached_from_a_submission():
    reached = {State.QUEUED, State.SCHEDULED}
    while more := {after for state in reached for after in TRANSITIONS[state]} - reached:
        reached |= more
    assert reached == set(State)


def test_every_state_can_come_to_an_end():
    ending = set(FINAL)
    while more := {state for state, following in TRANSITIONS.items() if following & ending} - ending:
        ending |= more
    assert ending == set(State)


def test_every_unfinished_state_can_be_cancelled():
    assert {state for state in State if State.CANCELLED in TRANSITIONS[state]} == set(State) - FINAL


def test_the_drawing_shows_exactly_the_moves():
    moves = [(before, after) for before, after in drawn() if "[*]" not in {before, after}]
    assert len(moves) == len(set(moves))
    assert set(moves) == {(before, after) for before, following in TRANSITIONS.items() for after in following}


def test_the_drawing_ends_with_the_final_states_and_begins_where_submissions_do():
    assert {before for before, after in drawn() if after == "[*]"} == set(FINAL)
    assert {after for before, after in drawn() if before == "[*]"} == {"queued", "scheduled", "blocked"}
