"""One socket for several jobs: the same messages as the streams, resumed, ended, refused and cut off like them."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from headrace.accounts import local
from headrace.keyring import Keyring
from headrace.live.socket import SUBSCRIPTIONS_MAX
from headrace.live.stream import Pace
from headrace.testing.serving import serving

pytestmark = pytest.mark.anyio


KEYRING = Keyring("a key for tests " * 2)  # that of the settings under test


@asynccontextmanager
async def talking(address, *, is_signed_in=True, queue=None, **options):
    headers = options.pop("additional_headers", {})
    if is_signed_in:
        headers = {"Authorization": f"Bearer {local.mint(KEYRING)}", **headers}
    address = f"{address.replace('http', 'ws')}/api/v1/live"
    async with connect(address, open_timeout=30, max_queue=queue, additional_headers=headers, **options) as client:
        yield client


async def hear(client, until="end", most=10_000):
    """Messages up to the first of a kind."""
    found = []
    async with asyncio.timeout(20):
        while len(found) < most:
            found.append(json.loads(await client.recv()))
            if found[-1]["event"] == until:
                break
    return found


async def say(client, **frame):
    await client.send(json.dumps(frame, default=str))


async def test_a_subscription_tells_the_state_first_then_every_event_then_the_end(server, pen):
    await pen.write("one", "two")
    async with talking(server) as client:
        await say(client, type="subscribe", job=pen.lease.job_id)
        first = await hear(client, most=3)
        await pen.write("three")
        await pen.finish()
        found = first + await hear(client)

    told = [message for message in found if message["event"] != "state"]
    assert found[0]["event"] == "state"
    assert [message["event"] for message in told] == ["text", "text", "text", "end"]
    assert [message["id"] for message in told[:3]] == [1, 2, 3]
    assert {message["job"] for message in found} == {str(pen.lease.job_id)}
    assert told[0]["data"]["data"] == {"text": "one"}
    assert told[-1]["data"]["state"] == "completed"


async def test_a_subscription_resumes_after_any_event_without_gap_or_repeat(server, pen):
    await pen.write(*(f"word {n}" for n in range(20)))
    await pen.finish()
    async with talking(server) as client:
        for seen in range(21):
            await say(client, type="subscribe", job=pen.lease.job_id, after=seen)
            found = await hear(client)
            assert [message["id"] for message in found if "id" in message] == list(range(seen + 1, 21))


async def test_a_client_whose_socket_breaks_again_and_again_sees_each_event_once(server, pen):
    async def write_all():
        for start in range(0, 300, 30):
            await pen.write(*(f"word {n}" for n in range(start, start + 30)))
        await pen.finish()

    writing = asyncio.create_task(write_all())
    seen: list[int] = []
    found = [{"event": "state"}]
    while found[-1]["event"] != "end":
        async with talking(server) as client:
            await say(client, type="subscribe", job=pen.lease.job_id, after=seen[-1] if seen else 0)
            found = await hear(client, most=47)
        seen += [message["id"] for message in found if "id" in message]
    await writing
    assert seen == list(range(1, 301))


async def test_event_id_beyond_the_last_event_is_answered_by_reset(server, pen):
    await pen.write("one")
    async with talking(server) as client:
        await say(client, type="subscribe", job=pen.lease.job_id, after=7)
        assert [message["event"] for message in await hear(client, until="reset")] == ["state", "reset"]


async def test_the_list_and_jobs_share_a_socket_and_one_is_ended_without_the_other(server, pen, submit):
    from tests.live.conftest import tell

    other = await submit(tell)
    async with talking(server) as client:
        await say(client, type="subscribe")
        await say(client, type="subscribe", job=pen.lease.job_id)
        await say(client, type="subscribe", job=other)
        found = await hear(client, most=3)
        assert {message.get("job") for message in found} == {None, str(pen.lease.job_id), str(other)}
        await say(client, type="unsubscribe", job=pen.lease.job_id)
        await say(client, type="unsubscribe")
        await say(client, type="subscribe", job=other, after=0)  # answered after the two were ended
        await hear(client, until="state")
        await pen.write("nobody hears this")
        await pen.finish()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await client.recv()


FRAMES = [
    "",
    "{",
    "[]",
    '"subscribe"',
    '{"type": "subscribe", "job": 7}',
    '{"type": "subscribe", "job": "x"}',
    '{"type": "subscribe", "after": -1}',
    '{"type": "subscribe", "after": 1e400}',
    '{"type": "subscribe", "after": NaN}',
    '{"type": "subscribe", "more": 1}',
    '{"type": "shout"}',
    "[" * 5_000,
    '{"type": "subscribe", "job": "\\ud800"}',
]


async def test_a_frame_that_means_nothing_is_answered_and_the_socket_goes_on(server, pen):
    async with talking(server) as client:
        for frame in FRAMES:
            await client.send(frame)
            [error] = await hear(client, until="error")
            assert error["data"]["code"] in {"invalid_input", "malformed_json"}, frame
            assert error["data"]["detail"], frame
        await say(client, type="subscribe", job=pen.lease.job_id)
        assert (await hear(client, until="state"))[0]["data"]["state"] == "running"


async def test_an_unknown_job_is_answered_by_an_error_that_names_it(server, pen):
    unknown = uuid4()
    async with talking(server) as client:
        await say(client, type="subscribe", job=unknown)
        [error] = await hear(client, until="error")
    assert (error["job"], error["data"]["code"]) == (str(unknown), "not_found")


async def test_a_frame_above_64_kib_and_one_of_bytes_end_the_socket(server, pen):
    for frame, code in (("x" * (64 * 1024 + 1), 1009), (b"bytes", 1003)):
        async with talking(server) as client:
            with pytest.raises(ConnectionClosed) as closed:
                await client.send(frame)
                await client.recv()
        assert closed.value.rcvd.code == code


async def test_a_socket_carries_a_bounded_number_of_subscriptions(server, pen, submit):
    from tests.live.conftest import tell

    jobs = [await submit(tell) for _ in range(SUBSCRIPTIONS_MAX + 1)]
    async with talking(server) as client:
        for job in jobs:
            await say(client, type="subscribe", job=job)
        found = await hear(client, until="error")
    assert str(SUBSCRIPTIONS_MAX) in found[-1]["data"]["detail"]


async def test_one_socket_too_many_is_told_to_come_back(runtime, pen):
    async with serving(runtime) as (address, web):
        web.hub.most_sockets = 1
        async with talking(address) as first:
            await say(first, type="subscribe")
            await hear(first, until="changed")
            async with talking(address) as second:
                with pytest.raises(ConnectionClosed) as closed:
                    await second.recv()
    assert closed.value.rcvd.code == 1013


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_page_of_another_site_cannot_open_a_socket(server, pen, headers):
    with pytest.raises(InvalidStatus) as refused:
        async with talking(server, additional_headers=headers):
            pass
    assert refused.value.response.status_code == 403
    assert json.loads(refused.value.response.body)["code"] == "cross_site"


async def test_a_foreign_host_name_cannot_open_a_socket(server, pen):
    host, port = server.removeprefix("http://").split(":")
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://evil.example:{port}/api/v1/live", host=host, port=int(port), proxy=None):
            pass
    assert refused.value.response.status_code == 421


async def test_a_stopping_server_says_that_it_comes_again(runtime, pen):
    async with serving(runtime) as (address, web), talking(address) as client:
        await say(client, type="subscribe", job=pen.lease.job_id)
        await hear(client, until="state")
        web.stop()
        with pytest.raises(ConnectionClosed) as closed:
            async with asyncio.timeout(10):
                await client.recv()
    assert closed.value.rcvd.code == 1012


async def test_a_client_that_reads_nothing_is_cut_off_and_nobody_else_held_up(runtime, pen, until):
    for _ in range(30):
        await pen.write(*("x" * 40_000 for _ in range(10)))
    async with serving(runtime, pace=Pace(send=0.3)) as (address, web):
        host, port = address.removeprefix("http://").split(":")
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        narrow.connect((host, int(port)))
        narrow.settimeout(0)
        async with talking(address, sock=narrow, queue=1, proxy=None) as stuck:
            await say(stuck, type="subscribe", job=pen.lease.job_id)
            await until(lambda: not web.server_state.connections)
        async with talking(address) as client:
            await say(client, type="subscribe", job=pen.lease.job_id, after=290)
            await pen.finish()
            found = await hear(client)
        assert [message["id"] for message in found if "id" in message] == list(range(291, 301))


async def test_a_socket_that_is_left_leaves_nobody_watching(runtime, pen, until):
    async with serving(runtime) as (address, web):
        async with talking(address) as client:
            await say(client, type="subscribe", job=pen.lease.job_id)
            await hear(client, until="state")
        await until(lambda: not web.server_state.connections)
        await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "live"])


async def test_a_lost_database_ends_the_subscription_with_an_error_and_not_the_socket(runtime, pen):
    async with serving(runtime) as (address, _), talking(address) as client:
        await runtime.database.pool.close()
        await say(client, type="subscribe", job=pen.lease.job_id)
        found = await hear(client, until="error")
        assert found[-1]["data"]["code"] == "unavailable"
        await say(client, type="subscribe")
        assert (await hear(client, until="changed"))[-1] == {"event": "changed", "data": {}}
