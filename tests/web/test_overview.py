"""The overview over HTTP."""

import pytest

pytestmark = pytest.mark.anyio


async def test_an_empty_installation_has_nothing_to_show(client):
    shown = (await client.get("/api/v1/overview")).json()
    assert {tally["count"] for tally in shown["states"].values()} == {0}
    assert shown["today"] == {"outcomes": {}, "duration_ms": None, "success_rate": None}
    assert (shown["spent_today_nano_usd"], shown["budget"], shown["oldest"]) == (0, None, None)
    assert (shown["workers"], shown["errors"]["items"]) == ({"count": 0, "slots": 0, "running": 0}, [])


async def test_what_stands_where_is_shown_at_a_glance(client, submit, tasks, drain, runtime):
    await submit(tasks["rest"])
    await drain()
    await submit(tasks["fall"])
    await client.put("/api/v1/ai/budgets/installation", json={"day_nano_usd": 1_000})
    async with runtime.database.connection() as conn:
        await conn.execute(
            "INSERT INTO headrace.workers (id, name, queues, concurrency, running, started_at, lease_until)"
            " VALUES (gen_random_uuid(), 'here:1', '{demo}', 8, 3, now(), now() + interval '1 hour'),"
            " (gen_random_uuid(), 'lost:2', '{demo}', 8, 1, now(), now() - interval '1 hour')"
        )
    shown = (await client.get("/api/v1/overview")).json()
    assert (shown["states"]["completed"]["count"], shown["states"]["queued"]["count"]) == (1, 1)
    assert shown["oldest"]["queue"] == "demo"
    assert shown["oldest"]["age_seconds"] >= 0
    assert shown["workers"] == {"count": 1, "slots": 8, "running": 3}
    assert shown["budget"]["day"]["limit_nano_usd"] == 1_000
