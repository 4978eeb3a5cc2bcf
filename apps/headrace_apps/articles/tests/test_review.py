"""A person approves what was written, with edits, before it is published."""

from __future__ import annotations

from datetime import timedelta

import pytest
from httpx2 import AsyncClient

from headrace_apps.articles.brief import Brief
from headrace_apps.articles.writing import write_article

SOURCES = [{"title": "A history of mills", "url": "https://example.org/mills"}]
ARTICLES = "/api/v1/articles"


@pytest.fixture
def written(submit, drain, client: AsyncClient):
    """An article that waits for its review: its job's id and itself."""

    async def make(**options: object):
        brief = Brief.model_validate({"topic": "mills", "sections": 1, "sources": SOURCES, "review": True, **options})
        job_id = await submit(write_article, brief)
        await drain()
        [article] = (await client.get(ARTICLES, params={"job_id": str(job_id)})).json()["items"]
        return job_id, (await client.get(f"{ARTICLES}/{article['id']}")).json()

    return make


@pytest.mark.anyio
async def test_an_article_waits_as_a_draft_until_a_person_approves_it(written, answer, drain, job, client: AsyncClient):
    job_id, article = await written()
    assert (await job(job_id))["state"] == "waiting"
    assert article["state"] == "draft"
    assert (await client.get(f"/read/{article['slug']}")).status_code == 404
    [wait] = (await client.get("/api/v1/waits")).json()["items"]
    assert "edits" in wait["answer_schema"]["properties"]

    edits = {"title": "Mills, revised", "tags": ["Water Mills"]}
    await answer(job_id, "approval", {"approved": True, "comment": "good", "edits": edits}, by="ada")
    await drain()

    done = await job(job_id)
    assert (done["result"]["review"], done["result"]["address"]) == ("approved: good", f"/read/{article['slug']}")
    now = (await client.get(f"{ARTICLES}/{article['id']}")).json()
    assert (now["state"], now["title"], now["tags"], now["version"]) == (
        "published",
        "Mills, revised",
        ["water mills"],
        2,
    )
    versions = (await client.get(f"{ARTICLES}/{article['id']}/versions")).json()
    assert [(one["version"], one["source"]) for one in versions] == [(2, "human"), (1, "ai")]
    first = (await client.get(f"{ARTICLES}/{article['id']}/versions/1")).json()
    assert (first["title"], first["body"]) == (article["title"], article["body"])
    assert (await client.get(f"{ARTICLES}/{article['id']}/versions/3")).status_code == 404


@pytest.mark.anyio
async def test_what_is_rejected_stays_a_draft(written, answer, drain, job, client: AsyncClient):
    job_id, article = await written()
    await answer(job_id, "approval", {"approved": False, "comment": "too short"})
    await drain()
    assert (await job(job_id))["result"]["review"] == "rejected: too short"
    now = (await client.get(f"{ARTICLES}/{article['id']}")).json()
    assert (now["state"], now["version"]) == ("draft", 1)


@pytest.mark.anyio
async def test_what_nobody_reviews_in_two_weeks_stays_a_draft(written, drain, job, clock):
    job_id, _ = await written()
    clock.advance(timedelta(days=15))
    await drain()
    result = (await job(job_id))["result"]
    assert (result["review"], result["state"]) == ("nobody answered in time", "draft")


@pytest.mark.anyio
async def test_an_approved_article_that_is_not_to_be_published_stays_a_draft(written, answer, drain, job):
    job_id, _ = await written(publish=False)
    await answer(job_id, "approval", {"approved": True})
    await drain()
    assert (await job(job_id))["result"]["state"] == "draft"


@pytest.mark.anyio
async def test_sources_reach_the_model_and_the_reader_and_are_kept(written, answer, drain, client: AsyncClient):
    job_id, article = await written()
    await answer(job_id, "approval", {"approved": True})
    await drain()
    page = (await client.get(f"/read/{article['slug']}")).text
    assert article["sources"] == SOURCES
    assert '<a href="https://example.org/mills" rel="nofollow noopener noreferrer">A history of mills</a>' in page
    change = {"version": 1, "sources": []}
    assert (await client.patch(f"{ARTICLES}/{article['id']}", json=change)).json()["sources"] == []
    assert (await client.get(f"{ARTICLES}/{article['id']}/versions/1")).json()["sources"] == SOURCES


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org", "mills", ""])
async def test_a_source_is_a_web_address(client: AsyncClient, url: str):
    new = {"title": "Mills", "body": "Text.", "sources": [{"title": "A", "url": url}]}
    assert (await client.post(ARTICLES, json=new)).status_code == 422


@pytest.mark.anyio
async def test_an_article_says_what_it_cost(written):
    _, article = await written()
    assert article["cost_nano_usd"] == 0  # written offline
