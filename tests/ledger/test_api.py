"""The ledger over HTTP: calls by page and filter, sums, limits and budgets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.ledger.conftest import ANSWERED, Books

from headrace.ai.call import Outcome
from headrace.ai.provider import Usage
from headrace.ai.spend import By
from headrace.ids import new_id

pytestmark = pytest.mark.anyio


async def test_the_calls_of_a_job_are_listed_in_order_by_page(client, books: Books):
    calls = [books.call(step=f"s{n}") for n in range(3)]
    await books.begin(*calls)
    await books.settle(calls[0])
    path = f"/api/v1/jobs/{books.lease.job_id}/ai-calls"
    first = (await client.get(path, params={"limit": 2})).json()
    rest = (await client.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [call["step"] for page in (first, rest) for call in page["items"]] == ["s0", "s1", "s2"]
    assert rest["next_cursor"] is None
    assert (first["items"][0]["cost_nano_usd"], first["items"][0]["price"]) == (700, {"model": "m"})


async def test_the_calls_of_no_job_are_not_found(client, books: Books):
    assert (await client.get(f"/api/v1/jobs/{books.lease.job_id}/ai-calls")).json()["items"] == []
    answer = await client.get(f"/api/v1/jobs/{new_id()}/ai-calls")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_text_of_a_malformed_answer_is_shown(client, books: Books):
    call = books.call()
    await books.begin(call)
    await books.settle(call, Outcome(state="error", error_code="ai_malformed_answer", raw_answer="not\0json"))
    [shown] = (await client.get(f"/api/v1/jobs/{books.lease.job_id}/ai-calls")).json()["items"]
    assert shown["raw_answer"] == "not\N{REPLACEMENT CHARACTER}json"


async def test_calls_are_listed_newest_first_by_filter_and_page(client, books: Books):
    calls = [books.call(owner=owner, model=model) for owner in ("ann", "bob") for model in ("gpt-5", "gpt-5-mini")]
    await books.begin(*calls)
    await books.settle(calls[0])

    async def found(**filters):
        items, cursor = [], None
        while True:
            page = (await client.get("/api/v1/ai/calls", params={**filters, "limit": 1, "cursor": cursor})).json()
            items += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    ids = [str(call.id) for call in calls]
    assert await found() == ids[::-1]
    assert await found(owner="bob") == [ids[3], ids[2]]
    assert await found(model="openai:gpt-5") == [ids[2], ids[0]]
    assert await found(model="openai", state="open", task="books.run") == ids[:0:-1]
    assert await found(model="anthropic") == []


async def test_spending_is_summed_by_what_is_asked_for(client, books: Books):
    calls = [books.call(owner=owner, model=model) for owner in ("ann", "bob", "bob") for model in ("gpt-5", "o9")]
    await books.begin(*calls)
    for call in calls:
        await books.settle(call)

    async def sums(by, **filters):
        items = (await client.get("/api/v1/ai/spend", params={"by": by, **filters})).json()["items"]
        return {item["model" if by == "model" else by]: item["cost_nano_usd"] for item in items}

    assert await sums("owner") == {"bob": 2_800, "ann": 1_400}
    assert await sums("model", owner="bob") == {"gpt-5": 1_400, "o9": 1_400}
    assert await sums("task") == {"books.run": 4_200}
    assert list((await sums("day")).values()) == [4_200]
    assert await sums("owner", **{"from": "2020-01-01", "to": "2020-01-31"}) == {}


async def test_a_span_that_ends_before_it_begins_is_refused(client):
    answer = await client.get("/api/v1/ai/spend", params={"from": "2026-02-01", "to": "2026-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert (await client.get("/api/v1/ai/spend", params={"to": "0001-01-05"})).status_code == 200


async def test_a_limit_is_set_shown_and_lifted(client, books: Books):
    path = "/api/v1/ai/limits/openai:ft:gpt/5"
    made = await client.put(path, json={"concurrency": 2})
    assert (made.status_code, made.json()["concurrency"], made.json()["in_use"]) == (200, 2, 0)
    await books.begin(books.call(model="ft:gpt/5"))
    [shown] = (await client.get("/api/v1/ai/limits")).json()
    assert (shown["name"], shown["in_use"], shown["requests"], shown["tokens"]) == ("openai:ft:gpt/5", 1, 1, 50)
    assert (await client.delete(path)).status_code == 204
    assert (await client.delete(path)).status_code == 404
    assert (await client.get("/api/v1/ai/limits")).json() == []


@pytest.mark.parametrize("body", [{"concurrency": 0}, {"concurrency": "2"}, {"speed": 1}, {"tokens_per_minute": 1e30}])
async def test_a_limit_that_is_none_is_refused(client, body):
    assert (await client.put("/api/v1/ai/limits/openai", json=body)).status_code == 422
    assert (await client.put("/api/v1/ai/limits/Nobody", json={})).status_code == 422


async def test_sums_tell_of_repairs_and_of_how_long_answers_took(client, books: Books):
    began = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for seconds, outcome in (
        (1, replace(ANSWERED, first_token=timedelta(seconds=0.2))),
        (1, replace(ANSWERED, rung="mended")),
        (1, ANSWERED),
        (60, ANSWERED),
        (600, Outcome(state="error", usage=Usage(1, 1), error_code="x")),
        (600, None),
    ):
        call = books.call(rung="again" if outcome is None else "first")
        await books.begin(call, now=began)
        await books.settle(call, outcome, now=began + timedelta(seconds=seconds))
    await books.settle(call, ANSWERED, now=began + timedelta(seconds=601))
    days = {"from": "2026-03-01", "to": "2026-03-01"}
    for by in By:
        [sums] = (await client.get("/api/v1/ai/spend", params={"by": by, **days})).json()["items"]
        assert (sums["calls"], sums["failed"], sums["lost"], sums["repairs"]) == (6, 1, 0, 2)
        assert 800 <= sums["p50_ms"] <= 1_200
        assert 500_000 <= sums["p95_ms"] <= 725_000
        assert 160 <= sums["first_token_ms"] <= 240


async def test_models_that_were_asked_are_shown_with_their_prices(client, books: Books):
    calls = [books.call(), books.call(provider="gone", model="x")]
    await books.begin(*calls)
    for call in calls:
        await books.settle(call)
    shown = {model["name"]: model for model in (await client.get("/api/v1/ai/models")).json()["models"]}
    assert float(shown["openai:gpt-5"]["price"]["input"]) == 1_250
    assert "gone:x" not in shown


async def test_a_budget_is_set_shown_and_lifted(client, books: Books):
    path = "/api/v1/ai/budgets/owner:ann/b"
    made = (await client.put(path, json={"day_nano_usd": 9_000})).json()
    assert (made["scope"], made["month"], made["day"]["left_nano_usd"]) == ("owner:ann/b", None, 9_000)
    call = books.call(owner="ann/b")
    await books.begin(call)
    await books.settle(call)
    shown = (await client.get(path)).json()
    assert (shown["day"]["spent_nano_usd"], shown["day"]["limit_nano_usd"]) == (700, 9_000)
    assert (await client.put(path, json={"month_nano_usd": 5})).json()["day"] is None
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path)).status_code == 404


async def test_budgets_are_listed_by_scope_and_page(client):
    scopes = ["installation", "owner:ann", "owner:bob", "task:t"]
    for scope in scopes:
        await client.put(f"/api/v1/ai/budgets/{scope}", json={"day_nano_usd": 1, "month_nano_usd": 2})
    first = (await client.get("/api/v1/ai/budgets", params={"limit": 3})).json()
    rest = (await client.get("/api/v1/ai/budgets", params={"cursor": first["next_cursor"]})).json()
    assert [item["scope"] for page in (first, rest) for item in page["items"]] == scopes


@pytest.mark.parametrize("body", [{"day_nano_usd": -1}, {"day_nano_usd": 10**18}, {"week_nano_usd": 1}])
async def test_a_budget_that_is_none_is_refused(client, body):
    assert (await client.put("/api/v1/ai/budgets/installation", json=body)).status_code == 422
    assert (await client.put("/api/v1/ai/budgets/everybody", json={})).status_code == 422


async def test_a_job_shows_what_it_cost_in_lists_too(client, books: Books):
    call = books.call()
    await books.begin(call)
    await books.settle(call, Outcome(state="ok", usage=Usage(10, 20), price=None))
    shown = (await client.get(f"/api/v1/jobs/{books.lease.job_id}")).json()
    [listed] = (await client.get("/api/v1/jobs")).json()["items"]
    for job in (shown, listed):
        assert (job["cost_nano_usd"], job["input_tokens"], job["output_tokens"]) == (0, 10, 20)


async def test_metrics_tell_of_calls_limits_and_budgets(client, books: Books):
    await client.put("/api/v1/ai/limits/openai", json={"concurrency": 5})
    await client.put("/api/v1/ai/budgets/installation", json={"day_nano_usd": 10**9})
    await client.put("/api/v1/ai/budgets/owner:ann", json={"day_nano_usd": 10**9})
    done, under_way = books.call(), books.call(reserve=books.call().reserve)
    await books.begin(done, under_way)
    await books.settle(done)
    text = (await client.get("/metrics")).text
    assert 'headrace_ai_calls_total{model="gpt-5",outcome="ok",provider="openai"} 1.0' in text
    assert 'headrace_ai_tokens_total{direction="output",model="gpt-5",provider="openai"} 20.0' in text
    assert 'headrace_ai_cost_usd_total{model="gpt-5",provider="openai"} 7e-07' in text
    assert 'headrace_ai_limit_in_use{name="openai"} 1.0' in text
    assert 'headrace_ai_budget_left_usd{period="day",scope="installation"} 0.9999963' in text
    assert "owner:ann" not in text
