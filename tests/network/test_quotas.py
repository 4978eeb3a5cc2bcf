"""Quotas: what a user may have waiting and may keep, who sets it, and whom it does not concern."""

import pytest

from headrace.accounts.permission import Role

pytestmark = pytest.mark.anyio

JOB = {"task": "demo.rest"}


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"quota_jobs": 3})


@pytest.fixture
async def admin(sign_in):
    return await sign_in(Role.ADMIN)


@pytest.fixture
def set_quota(admin):
    async def run(user_id, **wanted):
        answer = await admin.put(f"/api/v1/admin/users/{user_id}/quota", json=wanted)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return run


async def submit(client, times):
    return [(await client.post("/api/v1/jobs", json=JOB)).status_code for _ in range(times)]


async def test_no_more_may_wait_than_the_quota_says_and_ended_ones_make_room(sign_in, set_quota, drain):
    member = await sign_in(Role.MEMBER)
    assert await submit(member, 4) == [202, 202, 202, 429]
    refused = await member.post("/api/v1/jobs", json=JOB)
    assert refused.json()["code"] == "quota_exceeded"
    await drain()
    await set_quota(member.user_id)  # so that it is measured anew at once
    assert await submit(member, 4) == [202, 202, 202, 429]


async def test_a_batch_counts_as_what_it_brings(sign_in):
    member = await sign_in(Role.MEMBER)
    many = await member.post("/api/v1/jobs/batch", json={"jobs": [JOB] * 4})
    assert (many.status_code, many.json()["code"]) == (429, "quota_exceeded")
    assert (await member.get("/api/v1/jobs")).json()["items"] == []


async def test_users_do_not_share_and_full_ones_may_read_and_cancel(sign_in):
    first, second = await sign_in(Role.MEMBER), await sign_in(Role.MEMBER)
    job = (await first.post("/api/v1/jobs", json=JOB)).json()
    assert await submit(first, 3) == [202, 202, 429]
    assert await submit(second, 1) == [202]
    assert (await first.get("/api/v1/jobs")).status_code == 200
    assert (await first.put(f"/api/v1/jobs/{job['id']}/cancellation")).status_code == 200


async def test_this_machine_s_command_line_has_none(client):
    assert await submit(client, 5) == [202] * 5


async def test_an_administrator_sets_what_one_user_may_have(sign_in, set_quota, admin):
    member = await sign_in(Role.MEMBER)
    assert (await set_quota(member.user_id, jobs=1))["jobs"] == 1
    assert await submit(member, 2) == [202, 429]
    assert (await set_quota(member.user_id, jobs=0))["jobs"] is None
    assert await submit(member, 5) == [202] * 5
    shown = (await admin.get(f"/api/v1/admin/users/{member.user_id}/quota")).json()
    assert (shown["used_jobs"], shown["own"]) == (6, {"jobs": 0, "bytes": None})
    assert (await set_quota(member.user_id))["jobs"] == 3


async def test_who_holds_too_many_bytes_may_submit_no_more(sign_in, set_quota, admin):
    member = await sign_in(Role.MEMBER)
    await set_quota(member.user_id, bytes=5_000)
    big = {"task": "demo.echo", "input": "x" * 10_000}
    assert (await member.post("/api/v1/jobs", json=big)).status_code == 202
    assert (await set_quota(member.user_id, bytes=5_000))["used_bytes"] > 10_000
    refused = await member.post("/api/v1/jobs", json=JOB)
    assert (refused.status_code, refused.json()["code"]) == (429, "quota_exceeded")


async def test_nobody_else_sets_it_and_there_has_to_be_a_user(sign_in, admin):
    member, operator = await sign_in(Role.MEMBER), await sign_in(Role.OPERATOR)
    for client in (member, operator):
        path = f"/api/v1/admin/users/{member.user_id}/quota"
        assert (await client.put(path, json={"jobs": 0})).status_code == 403
        assert (await client.get(path)).status_code == 403
    assert (
        await admin.put("/api/v1/admin/users/01890a5d-ac96-774b-bcce-b302099a8057/quota", json={})
    ).status_code == 404


async def test_a_change_is_in_the_audit_log(sign_in, set_quota, admin):
    member = await sign_in(Role.MEMBER)
    await set_quota(member.user_id, jobs=7)
    found = (await admin.get("/api/v1/admin/audit", params={"action": "quota.changed"})).json()["items"]
    assert [(one["target"], one["details"]["jobs"]) for one in found] == [(f"user:{member.user_id}", 7)]
