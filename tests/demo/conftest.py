"""A week of the installed apps, made at a fixed time in a database of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from headrace.demo.seed import Plan, seed
from headrace_apps.articles import app

NOW = datetime(2026, 9, 16, 14, 20, 5, tzinfo=UTC)


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def week(runtime):
    return await seed(runtime, Plan(jobs=400), now=NOW)
