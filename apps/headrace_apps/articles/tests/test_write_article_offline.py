"""Without a key the whole flow works, and says what it is."""

from __future__ import annotations

import pytest
from httpx2 import AsyncClient

from headrace_apps.articles.brief import Brief
from headrace_apps.articles.writing import write_article


@pytest.mark.anyio
async def test_an_offline_article_reads_as_one_and_is_labelled(submit, drain, job, client: AsyncClient):
    job_id = await submit(write_article, Brief(topic="water mills", sections=2))
    await drain()
    result = (await job(job_id))["result"]
    article = (await client.get(f"/api/v1/articles/{result['article_id']}")).json()
    assert "(offline)" in article["title"]
    assert article["body"].startswith("> Offline placeholder: no AI model wrote this.")
    assert article["body"].count("Offline placeholder") == 1
    assert article["body"].count("\n## ") == 2
    assert "water mills" in article["body"]
    assert article["summary"]
    assert article["tags"]
    assert "Offline placeholder" in (await client.get(result["address"])).text
