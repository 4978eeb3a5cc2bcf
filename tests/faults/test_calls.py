"""kill -9 in the middle of AI calls: what is stored is never asked again, and what was paid for twice is told twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.faults.snare import snare

from headrace.testing.provider import FakeProvider, Tokens

THIRD = "ai.text[3]"
LEDGER = "SELECT step, state, run FROM headrace.ai_calls ORDER BY id"
LOST = "SELECT count(*) FROM headrace.ai_calls WHERE state = 'lost'"
OPEN = "SELECT count(*) FROM headrace.ai_calls WHERE state = 'open'"
SUMS = """
    SELECT (SELECT (sum(input_tokens), sum(output_tokens), sum(cost_nano_usd))::text FROM headrace.ai_calls),
           (SELECT (sum(input_tokens), sum(output_tokens), sum(cost_nano_usd))::text FROM headrace.jobs),
           (SELECT (sum(input_tokens), sum(output_tokens), sum(cost_nano_usd))::text FROM headrace.ai_spend
            WHERE day > '1970-01-01')
"""
COUNTS = "SELECT sum(calls)::integer, sum(lost)::integer FROM headrace.ai_spend WHERE day > '1970-01-01'"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as running:
        yield running


@pytest.fixture
def asking(crew, provider):
    """A crew whose calls cost money: the price list takes the address for one of Azure."""
    address = provider.address.replace("127.0.0.1", "localhost")
    crew.settings = {
        "HEADRACE_AI_MODEL": "azure:gpt-5",
        "HEADRACE_AZURE_OPENAI_API_KEY": "fake-key",
        "HEADRACE_AZURE_OPENAI_ENDPOINT": f"{address}/tests.openai.azure.com",
    }
    return crew


def script(provider: FakeProvider, *answers: str) -> None:
    for answer in answers:
        provider.reply(answer, tokens=Tokens(1_000, 100))


def asked(provider: FakeProvider) -> list[int]:
    return [int(request.prompt.removeprefix("Question ")) for request in provider.requests]


def go_on(crew, victim, job_id) -> dict[str, object]:
    """Bury a dead worker, have another one finish the job, and return its row once the ledger is settled."""
    crew.bury(victim)
    crew.start()
    crew.until_final(job_id, 60)
    crew.until(lambda: crew.one(OPEN) == 0)
    return crew.row(job_id)


def assert_sums_agree(crew, *, calls: int, lost: int) -> None:
    [(ledger, jobs, spend)] = crew.rows(SUMS)
    assert ledger == jobs == spend
    assert crew.rows(COUNTS) == [(calls, lost)]
    assert crew.one("SELECT count(*) FROM headrace.ai_calls WHERE cost_nano_usd > 0") == calls
    wrong = "SELECT count(*) FROM headrace.ai_calls WHERE state = 'lost' AND cost_nano_usd <> reserved_nano_usd"
    assert crew.one(wrong) == 0


def test_a_job_killed_in_the_middle_of_an_answer_repeats_that_call_alone(asking, provider):
    script(provider, "one", "two")
    provider.hang("thr")
    victim = asking.start()
    [job_id] = asking.submit("five_calls")
    written = "SELECT count(*) FROM headrace.job_events WHERE data ->> 'step' = %s AND type = 'text'"
    asking.until(lambda: asking.one(written, THIRD) == 1, 60)
    victim.kill()
    script(provider, "three", "four", "five")
    row = go_on(asking, victim, job_id)
    assert (row["state"], row["result"]) == ("completed", ["one", "two", "three", "four", "five"])
    assert asked(provider) == [1, 2, 3, 3, 4, 5]
    assert [state for step, state, _ in asking.rows(LEDGER) if step == THIRD] == ["lost", "ok"]
    assert_sums_agree(asking, calls=6, lost=1)


# where the worker dies, whether what it was writing is committed all the same, and what the ledger tells of the third call
SETTLED = f"NEW.step = '{THIRD}' AND NEW.state = 'ok'"
STORED = f"NEW.name = '{THIRD}'"
PLACES = [
    pytest.param("UPDATE", "ai_calls", SETTLED, False, ["lost", "ok"], id="before it is settled"),
    pytest.param("UPDATE", "ai_calls", SETTLED, True, ["ok", "ok"], id="after it is settled", marks=pytest.mark.long),
    pytest.param("INSERT", "job_steps", STORED, False, ["ok", "ok"], id="before the step", marks=pytest.mark.long),
    pytest.param("INSERT", "job_steps", STORED, True, ["ok"], id="after the step", marks=pytest.mark.long),
]


@pytest.mark.parametrize(("event", "table", "when", "is_committed", "third"), PLACES)
def test_a_call_whose_worker_dies_between_answer_and_store_is_in_the_ledger_as_often_as_it_was_made(
    asking, provider, event, table, when, is_committed, third
):
    answers = ["one", "two", "three", *(["three"] if len(third) > 1 else []), "four", "five"]
    script(provider, *answers)
    with snare(asking, event, table, when) as trap:
        victim = asking.start()
        [job_id] = asking.submit("five_calls")
        trap.kill(victim, is_committed=is_committed)
        row = go_on(asking, victim, job_id)
    assert (row["state"], row["result"]) == ("completed", ["one", "two", "three", "four", "five"])
    assert asked(provider) == [1, 2, *([3] * len(third)), 4, 5]
    assert [state for step, state, _ in asking.rows(LEDGER) if step == THIRD] == third
    assert [state for step, state, _ in asking.rows(LEDGER) if step != THIRD] == ["ok"] * 4
    assert_sums_agree(asking, calls=4 + len(third), lost=third.count("lost"))
