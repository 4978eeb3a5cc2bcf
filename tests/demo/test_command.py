"""`headrace demo` as it is called, and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from tests.demo.conftest import KEY, NOW
from tests.demo.ledger import check_counters, check_labels, check_spend

from headrace.db.embedded import EmbeddedServer
from headrace.db.server_lock import lock
from headrace.demo.bare import add_bare_jobs
from headrace.demo.seed import Plan, seed
from headrace.errors import SettingsError
from headrace.settings import Environment
from headrace.testing.databases import FAST


def demo(url, *words, **settings):
    environment = {name: text for name, text in os.environ.items() if not name.startswith("HEADRACE_")}
    environment |= {"HEADRACE_SECRET_KEY": KEY, **settings} | ({"HEADRACE_DATABASE_URL": url} if url else {})
    command = [sys.executable, "-m", "headrace", "demo", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def count(url):
    with psycopg.connect(url) as conn:
        return conn.execute("SELECT count(*) FROM headrace.jobs").fetchone()[0]


def test_it_fills_an_empty_database_once(database_url):
    first = demo(database_url, "--jobs", "120")
    assert first.returncode == 0, first.stderr
    made = count(database_url)
    assert f"Made {made:,} jobs" in first.stdout
    assert "headrace users reset ada@mill.example" in first.stdout
    again = demo(database_url, "--jobs", "120")
    assert again.returncode == 1
    assert "--yes" in again.stderr
    assert count(database_url) == made
    beside = demo(database_url, "--jobs", "120", "--yes", "--seed", "8")
    assert beside.returncode == 0, beside.stderr
    assert count(database_url) > made


def test_it_does_nothing_in_production(database_url):
    refused = demo(database_url, "--yes", HEADRACE_ENVIRONMENT="production")
    assert refused.returncode == 1
    assert "production" in refused.stderr
    assert count(database_url) == 0


def test_bare_jobs_are_made_by_number(database_url):
    done = demo(database_url, "--bare", "--jobs", "1000")
    assert done.returncode == 0, done.stderr
    assert count(database_url) == 1_000


@pytest.mark.anyio
async def test_bare_jobs_are_counted_and_labelled(runtime, rows):
    add_bare_jobs(runtime.settings.database_url.get_secret_value(), 3_000, now=NOW)
    await check_counters(rows)
    await check_labels(rows)
    assert await rows("SELECT state, count(*) FROM headrace.jobs GROUP BY 1 ORDER BY 1") == [
        ("cancelled", 150),
        ("completed", 2_550),
        ("failed", 300),
    ]


def test_the_server_that_another_runs_goes_on(tmp_path):
    server = EmbeddedServer(tmp_path, settings=FAST)
    server.start()
    try:
        with lock(tmp_path / "supervisor.lock"):
            done = demo(None, "--bare", "--jobs", "10", HEADRACE_DATA_DIR=str(tmp_path))
        assert done.returncode == 0, done.stderr
        assert count(server.url) == 10
    finally:
        server.stop()
    alone = demo(None, "--bare", "--jobs", "10", "--yes", HEADRACE_DATA_DIR=str(tmp_path))
    assert alone.returncode == 0, alone.stderr
    assert server.pid is None


@pytest.mark.anyio
async def test_a_second_week_beside_the_first_adds_up_too(runtime, rows):
    first = await seed(runtime, Plan(jobs=150), now=NOW)
    again = await seed(runtime, Plan(jobs=150, seed=8), now=NOW + timedelta(minutes=1))
    [[jobs]] = await rows("SELECT count(*) FROM headrace.jobs")
    assert jobs == first.jobs + again.jobs
    await check_counters(rows)
    await check_spend(rows)
    assert len(await rows("SELECT 1 FROM headrace.ai_budgets")) == 4
    assert len(await rows("SELECT 1 FROM headrace.users")) == 8


@pytest.mark.anyio
async def test_nothing_is_made_in_production(runtime, rows):
    settings = runtime.settings.model_copy(update={"environment": Environment.PRODUCTION})
    with pytest.raises(SettingsError, match="production"):
        await seed(replace(runtime, settings=settings), Plan())
    assert await rows("SELECT count(*) FROM headrace.users") == [(0,)]
