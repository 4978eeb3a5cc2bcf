"""An article gets a summary and tags."""

from __future__ import annotations

from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from pydantic import SecretStr

from headrace.testing.provider import FakeProvider
from headrace_apps.articles.brief import Enrichment
from headrace_apps.articles.describing import enrich_article


@pytest.fixture
def settings(settings, provider: FakeProvider):
    own = {"ai_model": "openai:fake-model", "openai_api_key": SecretStr("fake-key"), "openai_base_url": provider.url}
    return settings.model_copy(update=own)


@pytest.mark.anyio
async def test_a_summary_and_tags_become_the_next_version(provider: FakeProvider, create, drain, client: AsyncClient):
    article = await create(body="A wheel turns.", tags=["old"])
    provider.reply_json({"summary": "It turns.", "tags": ["Wheels"]})
    answer = await client.post(f"/api/v1/articles/{article['id']}/enrichments")
    assert answer.status_code == 202
    await drain()
    now = (await client.get(answer.json()["links"]["article"])).json()
    assert (now["version"], now["summary"], now["tags"]) == (2, "It turns.", ["wheels"])
    assert (now["title"], now["body"]) == (article["title"], article["body"])
    assert "A wheel turns." in provider.requests[0].prompt


@pytest.mark.anyio
async def test_an_article_that_was_edited_meanwhile_is_left_alone(
    provider: FakeProvider, create, submit, drain, job, clock, client: AsyncClient
):
    article = await create()
    for _ in range(3):  # tries within one run
        provider.fail(500)
    job_id = await submit(enrich_article, Enrichment(article_id=article["id"]))
    await drain()
    edited = {"version": 1, "summary": "By hand."}
    assert (await client.patch(f"/api/v1/articles/{article['id']}", json=edited)).status_code == 200
    provider.reply_json({"summary": "By machine.", "tags": []})
    clock.advance(enrich_article.retry.longest)
    await drain()
    failed = await job(job_id)
    assert failed["state"] == "failed"
    assert "version 2, not 1" in failed["error"]["message"]
    assert (await client.get(f"/api/v1/articles/{article['id']}")).json()["summary"] == "By hand."


@pytest.mark.anyio
async def test_an_article_that_is_gone_fails_the_job_at_once(submit, drain, job):
    job_id = await submit(enrich_article, Enrichment(article_id=uuid4()))
    await drain()
    failed = await job(job_id)
    assert (failed["state"], failed["failures"]) == ("failed", 1)
    assert "There is no article" in failed["error"]["message"]
