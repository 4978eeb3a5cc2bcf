"""Errors over HTTP."""

from datetime import timedelta

import pytest

pytestmark = pytest.mark.anyio


async def test_errors_are_shown_in_groups_whose_jobs_can_be_listed(client, submit, tasks, clock, drain):
    for _ in range(2):
        await submit(tasks["fall"])
    for _ in range(3):
        await drain()
        clock.advance(timedelta(hours=1))
    shown = (await client.get("/api/v1/errors")).json()
    [group] = shown["items"]
    assert (group["jobs"], group["tasks"], group["message"]) == (2, ["demo.fall"], "fell")
    assert (len(group["bins"]), sum(group["bins"])) == (24, 2)
    assert (shown["searched"], shown["is_whole"]) == (10_000, True)
    jobs = (await client.get("/api/v1/jobs", params={"fingerprint": group["fingerprint"]})).json()
    assert ({job["id"] for job in jobs["items"]}, jobs["searched"]) == (set(group["newest"]), 10_000)


async def test_an_owner_may_have_any_name(client):
    for name in ("100%", "%s", "{begin}", "'"):
        answer = await client.get("/api/v1/errors", params={"owner": name, "task": name, "queue": name})
        assert (answer.status_code, answer.json()["items"]) == (200, []), answer.text


async def test_an_empty_time_is_refused(client):
    params = {"from": "2026-03-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    assert (await client.get("/api/v1/errors", params=params)).status_code == 422
