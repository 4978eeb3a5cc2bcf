"""The counters over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.anyio


async def test_what_ended_is_shown_as_a_series_with_durations(client, submit, drain, tasks):
    for name in ("rest", "rest"):
        await submit(tasks[name])
    await drain()
    shown = (await client.get("/api/v1/counters", params={"queue": "demo", "task": "demo.rest"})).json()
    assert (shown["bucket"], shown["total"]["outcomes"]) == ("minute", {"completed": 2})
    assert sum(point["outcomes"]["completed"] for point in shown["points"]) == 2
    took = shown["total"]["duration_ms"]
    assert 0 < took["mean"] < 60_000
    assert 0 < took["p50"] <= took["p95"] <= took["p99"]
    assert datetime.fromisoformat(shown["to"]) - datetime.fromisoformat(shown["from"]) == timedelta(hours=1)


async def test_each_task_has_a_series_of_its_own(client, submit, drain, tasks):
    for name in ("rest", "rest", "fall"):
        await submit(tasks[name])
    await drain()
    shown = (await client.get("/api/v1/counters", params={"by": "task"})).json()
    assert [(group["name"], group["total"]["outcomes"]) for group in shown["groups"]] == [
        ("demo.fall", {"retried": 1}),
        ("demo.rest", {"completed": 2}),
    ]
    assert [group["total"]["success_rate"] for group in shown["groups"]] == [None, 1]
    assert all(len(group["points"]) == 1 for group in shown["groups"])
    assert (shown["points"], shown["total"]["outcomes"]) == ([], {"retried": 1, "completed": 2})
    by_queue = (await client.get("/api/v1/counters", params={"by": "queue"})).json()
    assert [group["name"] for group in by_queue["groups"]] == ["demo"]


async def test_another_task_or_time_shows_nothing(client, submit, drain, tasks):
    await submit(tasks["rest"])
    await drain()
    past = {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}
    for params in ({"task": "demo.other"}, past):
        shown = (await client.get("/api/v1/counters", params=params)).json()
        assert (shown["points"], shown["total"]) == ([], {"outcomes": {}, "duration_ms": None, "success_rate": None})


@pytest.mark.parametrize(
    "params",
    [
        {"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z", "bucket": "minute"},
        {"from": "2026-03-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"from": datetime.now(UTC).isoformat(), "bucket": "second"},
        {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z", "bucket": "hour", "by": "task"},
        {"by": "outcome"},
        {"unknown": "1"},
        {"to": "0001-01-01T00:00:00Z"},
        {"from": "9999-12-31T23:59:59-10:00"},
    ],
)
async def test_a_span_or_name_that_makes_no_sense_is_refused(client, params):
    assert (await client.get("/api/v1/counters", params=params)).status_code == 422
