"""A client of the first seed (Assimetria), written from its text alone: it knows a base URL and `/api/articles`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx2 import AsyncClient

from headrace import App
from headrace.accounts import user
from headrace.accounts.password import hash_password
from headrace.accounts.permission import Role
from headrace.runtime import Runtime
from headrace.testing.serving import serving
from headrace_apps.articles import app

pytestmark = pytest.mark.anyio


class ArticlesClient:
    """The seed's `src/api/client.js`: list, view, create, update, and request article processing."""

    def __init__(self, http: AsyncClient) -> None:
        self.http = http

    async def list_articles(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self._json("GET", "/api/articles", 200))["items"]
        return items

    async def get_article(self, id: str) -> dict[str, Any]:  # noqa: A002 - the field's word
        return await self._json("GET", f"/api/articles/{id}", 200)

    async def create_article(self, title: str, body: str) -> dict[str, Any]:
        return await self._json("POST", "/api/articles", 201, {"title": title, "body": body})

    async def update_article(self, article: dict[str, Any], **changes: str) -> dict[str, Any]:
        body = {"version": article["version"], **changes}
        return await self._json("PATCH", f"/api/articles/{article['id']}", 200, body)

    async def generate_article(self, topic: str) -> dict[str, Any]:
        return await self._json("POST", "/api/articles/generations", 202, {"topic": topic, "sections": 1})

    async def enrich_article(self, article: dict[str, Any]) -> dict[str, Any]:
        return await self._json("POST", f"/api/articles/{article['id']}/enrichments", 202)

    async def _json(self, method: str, path: str, status: int, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.http.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        value: dict[str, Any] = answer.json()
        return value


PASSWORD = "seven mill wheels turn"


@pytest.fixture
def apps() -> list[App]:
    return [app]


@pytest.fixture
async def articles(runtime: Runtime) -> AsyncIterator[ArticlesClient]:
    async with runtime.database.transaction() as conn:
        stored = await hash_password(PASSWORD)
        await user.create(conn, email="ada@example.com", role=Role.MEMBER, password_hash=stored)
    async with serving(runtime) as (address, _), AsyncClient(base_url=address, timeout=60) as http:
        answer = await http.post("/api/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
        http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield ArticlesClient(http)


async def test_the_browser_lists_and_views_articles(articles: ArticlesClient):
    assert await articles.list_articles() == []
    created = await articles.create_article("On mills", "They turn.")
    [listed] = await articles.list_articles()
    assert listed["id"] == created["id"]
    assert (await articles.get_article(listed["id"]))["body"] == "They turn."


async def test_an_article_is_created_and_updated(articles: ArticlesClient):
    created = await articles.create_article("On mills", "They turn.")
    updated = await articles.update_article(created, title="On water mills")
    assert (await articles.get_article(created["id"])) == updated
    assert (updated["title"], updated["body"]) == ("On water mills", "They turn.")


async def test_a_background_job_generates_an_article_and_persists_it(articles: ArticlesClient, drain):
    accepted = await articles.generate_article("water mills")
    await drain()
    [listed] = await articles.list_articles()
    assert listed["job_id"] == accepted["job_id"]
    article = await articles.get_article(listed["id"])
    assert "water mills" in article["body"]
    assert article["summary"]


async def test_a_background_job_enriches_an_article(articles: ArticlesClient, drain):
    created = await articles.create_article("On mills", "They turn.")
    await articles.enrich_article(created)
    await drain()
    enriched = await articles.get_article(created["id"])
    assert enriched["summary"]
    assert enriched["tags"]
    assert enriched["body"] == created["body"]
