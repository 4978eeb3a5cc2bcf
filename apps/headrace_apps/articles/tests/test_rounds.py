"""Many articles at once: the daily round writes what is planned, and a selection is enriched."""

from __future__ import annotations

import pytest
from httpx2 import AsyncClient
from pydantic import SecretStr

from headrace.testing.provider import FakeProvider
from headrace_apps.articles.planned import FAILURES_MAX
from headrace_apps.articles.rounds import ROUND_SIZE, morning_round

pytestmark = pytest.mark.anyio
PLAN = "/api/v1/articles/plan"


@pytest.fixture
def settings(settings, provider: FakeProvider):
    own = {"ai_model": "openai:fake-model", "openai_api_key": SecretStr("fake-key"), "openai_base_url": provider.url}
    return settings.model_copy(update=own)


@pytest.fixture
def planned(client: AsyncClient):
    async def make(*topics: str):
        answers = [await client.post(PLAN, json={"topic": topic, "sections": 1}) for topic in topics]
        assert [answer.status_code for answer in answers] == [201] * len(topics)
        return [answer.json()["id"] for answer in answers]

    return make


async def test_a_round_writes_the_oldest_briefs_and_the_next_one_the_rest(
    planned, submit, drain, job, client: AsyncClient
):
    await planned(*(f"Mill {n}" for n in range(ROUND_SIZE + 1)))
    first = await submit(morning_round)
    await drain()
    assert len((await job(first))["result"]["written"]) == ROUND_SIZE
    plan = (await client.get(PLAN)).json()["items"]
    assert [brief["article_id"] is not None for brief in plan] == [True] * ROUND_SIZE + [False]

    second = await submit(morning_round)
    await drain()
    assert len((await job(second))["result"]["written"]) == 1
    third = await submit(morning_round)
    await drain()
    assert (await job(third))["result"] == {"written": [], "failed": []}
    assert len((await client.get("/api/v1/articles")).json()["items"]) == ROUND_SIZE + 1


async def test_a_brief_whose_article_failed_has_two_more_rounds(
    planned, provider: FakeProvider, submit, drain, job, client: AsyncClient
):
    await planned("Mills")
    for failures in range(1, FAILURES_MAX + 1):
        provider.fail(401)
        round_id = await submit(morning_round)
        await drain()
        result = (await job(round_id))["result"]
        assert (result["written"], len(result["failed"])) == ([], 1)
        [brief] = (await client.get(PLAN)).json()["items"]
        assert (brief["failures"], brief["article_id"]) == (failures, None)
        assert brief["failure"]
    last = await submit(morning_round)
    await drain()
    assert (await job(last))["result"] == {"written": [], "failed": []}


async def test_a_brief_can_be_taken_from_the_plan(planned, client: AsyncClient):
    [brief] = await planned("Mills")
    assert (await client.delete(f"{PLAN}/{brief}")).status_code == 204
    assert (await client.delete(f"{PLAN}/{brief}")).status_code == 404
    assert (await client.get(PLAN)).json()["items"] == []


async def test_a_selection_is_enriched_and_says_what_it_could_not(
    create, provider: FakeProvider, client: AsyncClient, drain
):
    for n in range(5):
        await create(f"Mill {n}", tags=["mill"])
    await create("Has one", summary="It is here.", tags=["mill"])
    await create("Other", tags=["other"])
    answer = await client.post("/api/v1/articles/enrichments", json={"tag": "mill"})
    assert answer.status_code == 202
    provider.fail(401)
    await drain()
    result = (await client.get(answer.json()["links"]["job"])).json()["result"]
    assert (result["enriched"], result["failed"], len(result["failures"])) == (4, 1, 1)
    left = [one for one in (await client.get("/api/v1/articles")).json()["items"] if one["version"] == 1]
    assert {"Has one", "Other"} < {one["title"] for one in left}
    assert result["failures"][0]["article_id"] in {one["id"] for one in left}
