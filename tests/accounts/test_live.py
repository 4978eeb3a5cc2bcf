"""Live streams keep to what who asks may see, from the first message until that changes."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from httpx2 import AsyncClient, RemoteProtocolError
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from headrace import App, Job
from headrace.accounts import session, user
from headrace.accounts.permission import Role
from headrace.accounts.session import Origin
from headrace.accounts.token import Access, mint
from headrace.accounts.user import Change
from headrace.testing.serving import serving

pytestmark = pytest.mark.anyio

app = App("demo")
PATIENCE = 30


@app.task
async def rest(job: Job) -> None:
    """Do nothing."""


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def address(runtime):
    async with serving(runtime) as (address, _):
        yield address


@pytest.fixture
async def sign_in(make_user, in_transaction):
    """A user of a role, and the header that signs them in."""

    async def run(role):
        person = await make_user(f"{role}@example.com", role)
        _, token = await in_transaction(session.begin_browser, person.user_id, Origin())
        return person.user_id, {"Cookie": f"headrace={token}"}

    return run


@asynccontextmanager
async def talking(address, **options):
    async with connect(f"{address.replace('http', 'ws')}/api/v1/live", open_timeout=PATIENCE, **options) as client:
        yield client


async def hear(client):
    async with asyncio.timeout(PATIENCE):
        return json.loads(await client.recv())


async def test_a_member_streams_his_own_job_and_nobody_elses(address, sign_in, submit):
    user_id, headers = await sign_in(Role.MEMBER)
    mine, theirs = await submit(rest, owner=str(user_id)), await submit(rest, owner="somebody")
    headers["Accept"] = "text/event-stream"
    async with asyncio.timeout(PATIENCE), AsyncClient(base_url=address, headers=headers) as client:
        async with client.stream("GET", f"/api/v1/jobs/{mine}/events") as answer:
            assert answer.status_code == 200
        async with client.stream("GET", f"/api/v1/jobs/{theirs}/events") as answer:
            assert answer.status_code == 404


@pytest.mark.parametrize("change", [Change(is_disabled=True), Change(role=Role.MEMBER)], ids=["disabled", "demoted"])
async def test_a_running_stream_ends_when_it_may_no_longer_be_watched(
    address, sign_in, submit, in_transaction, make_user, change
):
    await make_user("root@example.com", Role.ADMIN)
    user_id, headers = await sign_in(Role.OPERATOR)
    theirs = await submit(rest, owner="somebody")
    headers["Accept"] = "text/event-stream"
    async with asyncio.timeout(PATIENCE), AsyncClient(base_url=address, headers=headers, timeout=PATIENCE) as client:
        async with client.stream("GET", f"/api/v1/jobs/{theirs}/events") as answer:
            lines = answer.aiter_lines()
            await anext(lines)
            await in_transaction(user.change, user_id, change)
            with pytest.raises(RemoteProtocolError):
                [line async for line in lines]
        assert (await client.get(f"/api/v1/jobs/{theirs}")).status_code in {401, 404}


async def test_a_socket_takes_its_credential_by_cookie_or_in_its_first_frame(
    address, sign_in, submit, runtime, in_transaction
):
    user_id, headers = await sign_in(Role.MEMBER)
    mine, theirs = await submit(rest, owner=str(user_id)), await submit(rest, owner="somebody")
    session_id = await in_transaction(session.begin_tokens, user_id, Origin())
    token, _ = mint(runtime.keyring, Access(user_id, session_id), now=runtime.clock.now)
    async with talking(address, additional_headers=headers) as by_cookie, talking(address) as by_frame:
        await by_frame.send(json.dumps({"type": "authenticate", "token": token}))
        for client in (by_cookie, by_frame):
            await client.send(json.dumps({"type": "subscribe", "job": str(theirs)}))
            refused = await hear(client)
            assert (refused["event"], refused["data"]["code"]) == ("error", "not_found")
            await client.send(json.dumps({"type": "subscribe", "job": str(mine)}))
            assert (await hear(client))["event"] == "state"


@pytest.mark.parametrize("frame", ['{"type": "authenticate", "token": "hr_wrong"}', '{"type": "subscribe"}', "x"])
async def test_a_socket_without_a_credential_that_counts_is_closed(address, frame):
    async with talking(address) as client:
        await client.send(frame)
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
    assert closed.value.rcvd.code == 1008


async def test_a_socket_with_a_wrong_key_is_refused_before_it_opens(address):
    with pytest.raises(InvalidStatus) as refused:
        async with talking(address, additional_headers={"Authorization": "Bearer hr_wrong"}):
            pass
    assert refused.value.response.status_code == 401


async def test_a_socket_is_closed_when_its_user_is_disabled(address, sign_in, in_transaction):
    user_id, headers = await sign_in(Role.MEMBER)
    async with talking(address, additional_headers=headers) as client:
        await client.send(json.dumps({"type": "subscribe"}))
        await in_transaction(user.change, user_id, Change(is_disabled=True))
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await client.recv()
    assert closed.value.rcvd.code == 1008


async def test_a_subscription_ends_when_its_job_may_no_longer_be_seen_and_the_others_go_on(
    address, sign_in, submit, in_transaction
):
    user_id, headers = await sign_in(Role.OPERATOR)
    mine, theirs = await submit(rest, owner=str(user_id)), await submit(rest, owner="somebody")
    async with talking(address, additional_headers=headers) as client:
        for job_id in (mine, theirs):
            await client.send(json.dumps({"type": "subscribe", "job": str(job_id)}))
            assert (await hear(client))["event"] == "state"
        await in_transaction(user.change, user_id, Change(role=Role.MEMBER))
        ended = await hear(client)
        assert (ended["event"], ended["job"]) == ("error", str(theirs))
        await client.send(json.dumps({"type": "subscribe", "job": str(mine)}))
        assert (await hear(client))["job"] == str(mine)
