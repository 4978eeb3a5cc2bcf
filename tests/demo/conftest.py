"""A week of the installed apps, made once for all tests of a module at a fixed time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from headrace.demo.seed import Plan, seed
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace_apps.articles import app

NOW = datetime(2026, 9, 16, 14, 20, 5, tzinfo=UTC)
KEY = "a key for tests " * 2


@pytest.fixture
def apps():
    return [app]


@pytest.fixture(scope="module")
def made(databases):
    """The URL of a database with a week in it, and the week as it was told."""
    with databases.copy([app]) as url:
        yield url, asyncio.run(_make(url))


async def _make(url):
    settings = Settings(database_url=SecretStr(url), secret_key=SecretStr(KEY))
    async with Runtime.open(settings, [app], connections=2) as runtime:
        return await seed(runtime, Plan(jobs=400), now=NOW)
