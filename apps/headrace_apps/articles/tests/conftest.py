"""The app under test, and ways to make articles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx2 import AsyncClient

from headrace import App
from headrace_apps.articles import app

Create = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def apps() -> list[App]:
    return [app]


@pytest.fixture
def create(client: AsyncClient) -> Create:
    """Create an article over HTTP; `published=True` publishes it."""

    async def one(title: str = "Water mills", *, published: bool = False, **fields: Any) -> dict[str, Any]:
        answer = await client.post("/api/v1/articles", json={"title": title, "body": "Text.", **fields})
        assert answer.status_code == 201, answer.text
        article: dict[str, Any] = answer.json()
        if published:
            answer = await client.put(f"/api/v1/articles/{article['id']}/publication")
            assert answer.status_code == 200, answer.text
            article = answer.json()
        return article

    return one
