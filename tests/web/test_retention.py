"""Retention over HTTP: the policy, and what would go."""

from datetime import timedelta

import pytest

pytestmark = pytest.mark.anyio


async def test_the_policy_and_what_it_would_delete_are_shown(client, submit, drain, tasks, clock):
    await submit(tasks["rest"])
    await drain()
    shown = (await client.get("/api/v1/retention")).json()
    assert shown["keep_days"] == {"completed": 14, "failed": 60, "cancelled": 60}
    assert shown["keep_audit_days"] == 365
    assert (shown["budget_bytes"], shown["excess_bytes"]) == (20 * 2**30, 0)
    assert [due["jobs"]["count"] for due in shown["due"]] == [0, 0, 0]
    clock.advance(timedelta(days=15))
    shown = (await client.get("/api/v1/retention")).json()
    completed = next(due for due in shown["due"] if due["state"] == "completed")
    assert (completed["jobs"]["text"], completed["size_bytes"]) == ("1", shown["held_bytes"])
    assert len((await client.get("/api/v1/jobs")).json()["items"]) == 1


async def test_the_upkeep_of_every_process_deletes_what_is_due(client, submit, drain, tasks, clock):
    await submit(tasks["rest"])
    await drain()
    clock.advance(timedelta(days=15))
    await submit(tasks["rest"])
    await drain()
    assert len((await client.get("/api/v1/jobs")).json()["items"]) == 1
