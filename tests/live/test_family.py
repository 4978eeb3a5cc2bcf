"""A job and the jobs that it called in one stream: each event once, resumable at any place, over when all have ended."""

import asyncio
import json

import pytest
from httpx2 import AsyncClient
from tests.live.conftest import texts, write_a_family
from websockets.asyncio.client import connect

from headrace.accounts import local
from headrace.ids import new_id
from headrace.live.family import FOLLOWED_MAX
from headrace.testing.serving import serving
from headrace.testing.signing_in import signed_in

pytestmark = pytest.mark.anyio
STREAM = {"Accept": "text/event-stream"}


async def test_a_stream_tells_of_a_job_and_its_children_and_ends_with_the_job(server, pen, call, follow_all):
    written = await write_a_family(pen, call)

    found = await follow_all(server, pen.lease.job_id)

    assert texts(found) == written
    assert [found[0][0], found[-1][0]] == ["state", "end"]
    assert found[-1][2]["id"] == str(pen.lease.job_id)
    ends = [data["data"]["state"] for kind, _, data in found if kind == "child" and data["event"] == "end"]
    assert ends == ["completed"] * 3


async def test_children_come_after_the_event_of_their_call_and_in_its_order(server, pen, call, follow_all):
    await write_a_family(pen, call)

    found = await follow_all(server, pen.lease.job_id)

    order = []
    for kind, _, data in found:
        if kind == "wait" and data["data"]["state"] == "open":
            order.append(f"call {data['data']['name']}")
        if kind == "child" and data["event"] == "state":
            assert data["data"]["id"] == data["job"]
            order.append(f"{data['step']} {data['place']}")
    assert order == ["call outline", "outline 0", "call sections", "sections 0", "sections 1"]


async def test_a_stream_resumes_after_any_id_without_gap_or_repeat(server, pen, call, follow_all):
    written = await write_a_family(pen, call)
    whole = await follow_all(server, pen.lease.job_id)

    for at, (_, seen, _) in enumerate(whole):
        if seen is not None:
            before = texts(whole[: at + 1])
            after = texts(await follow_all(server, pen.lease.job_id, after=seen))
            for whose, all_of_it in written.items():
                assert before.get(whose, []) + after.get(whose, []) == all_of_it, (whose, seen)


async def test_a_client_that_comes_back_again_and_again_while_all_write_sees_each_event_once(
    server, pen, call, follow_all
):
    words = [f"word {n}" for n in range(120)]

    async def write_all(one):
        for start in range(0, 120, 15):
            await one.write(*words[start : start + 15])
        await one.finish()

    async def whole_family():
        for name in ("first", "second"):
            await asyncio.gather(*(write_all(one) for one in await call(name, 3)))
        await write_all(pen)

    writing = asyncio.create_task(whole_family())
    found, seen = [], None
    while not found or found[-1][0] != "end":
        part = await follow_all(server, pen.lease.job_id, after=seen, most=41)
        found += part
        seen = next((id_ for _, id_, _ in reversed(part) if id_), seen)
    await writing
    assert texts(found) == {"parent": words} | {f"{name} {n}": words for name in ("first", "second") for n in range(3)}


async def test_children_called_while_somebody_watches_join_the_stream(server, pen, call, follow_all):
    watching = asyncio.create_task(follow_all(server, pen.lease.job_id))
    await asyncio.sleep(0)
    written = await write_a_family(pen, call)
    assert texts(await watching) == written


async def test_the_end_waits_for_children_that_outlive_the_job(server, pen, call, follow_all):
    [child] = await call("late", 1)
    await pen.finish()
    watching = asyncio.create_task(follow_all(server, pen.lease.job_id))
    await asyncio.sleep(0)
    await child.write("last words")
    await child.finish()
    found = await watching
    assert texts(found) == {"late 0": ["last words"]}
    assert (found[-1][0], found[-1][2]["id"]) == ("end", str(pen.lease.job_id))


async def test_of_a_large_call_the_first_children_are_followed(server, pen, call, follow_all):
    for one in await call("many", FOLLOWED_MAX + 6):
        await one.finish()
    await pen.finish()
    found = await follow_all(server, pen.lease.job_id)
    places = [data["place"] for kind, _, data in found if kind == "child" and data["event"] == "end"]
    assert sorted(places) == list(range(FOLLOWED_MAX))


@pytest.mark.parametrize("place", ["7", "1.9", "1.0.0"])
async def test_an_id_beyond_what_happened_is_answered_by_reset(server, pen, call, follow_all, place):
    [child] = await call("one", 1)
    await child.finish()
    await pen.finish()
    assert (await follow_all(server, pen.lease.job_id, after=place))[-1][0] == "reset"


@pytest.mark.parametrize(
    "forged", ["x", "1.", ".1", "1..2", "-1", "1.-1", "99999999999", "1.4294967296", "1" + ".1" * 65]
)
async def test_a_forged_id_is_refused(server, pen, runtime, forged):
    path = f"/api/v1/jobs/{pen.lease.job_id}/events?children=true"
    async with AsyncClient(base_url=server, auth=signed_in(runtime)) as client:
        by_header = await client.get(path, headers=STREAM | {"Last-Event-ID": forged})
        by_query = await client.get(path, params={"after": forged}, headers=STREAM)
    assert (by_header.status_code, by_header.json()["code"]) == (400, "event_id_malformed")
    assert (by_query.status_code, by_query.json()["code"]) == (422, "invalid_input")


async def test_what_only_a_stream_with_children_knows_is_refused_elsewhere(server, pen, runtime):
    path = f"/api/v1/jobs/{pen.lease.job_id}/events"
    async with AsyncClient(base_url=server, auth=signed_in(runtime)) as client:
        answers = [
            await client.get(path, params={"after": "1.2"}),
            await client.get(path, params={"after": "1.2"}, headers=STREAM),
            await client.get(path, params={"children": "true"}),
        ]
        unknown = await client.get(f"/api/v1/jobs/{new_id()}/events?children=true", headers=STREAM)
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert all("children" in answer.json()["detail"] for answer in answers)
    assert unknown.status_code == 404


def talking(server, runtime):
    """A socket that is signed in."""
    who = {"Authorization": f"Bearer {local.mint(runtime.keyring)}"}
    return connect(f"{server.replace('http', 'ws')}/api/v1/live", open_timeout=30, additional_headers=who)


async def test_a_socket_carries_the_same_messages_and_resumes_by_the_same_ids(server, pen, call, runtime, follow_all):
    await write_a_family(pen, call)
    whole = await follow_all(server, pen.lease.job_id)
    places = [seen for _, seen, _ in whole if seen]
    async with talking(server, runtime) as client, asyncio.timeout(20):
        for after in (0, *places):
            frame = {"type": "subscribe", "job": str(pen.lease.job_id), "after": after, "children": True}
            await client.send(json.dumps(frame))
            found = []
            while not found or found[-1]["event"] != "end":
                found.append(json.loads(await client.recv()))
            assert {one["job"] for one in found} == {str(pen.lease.job_id)}
            told = texts([(one["event"], None, one["data"]) for one in found])
            before = texts(whole[: 1 + next((at for at, one in enumerate(whole) if one[1] == after), -1)])
            for whose, all_of_it in texts(whole).items():
                assert before.get(whose, []) + told.get(whose, []) == all_of_it, (whose, after)


async def test_a_socket_refuses_the_id_of_a_family_for_a_job_alone(server, pen, runtime):
    async with talking(server, runtime) as client, asyncio.timeout(20):
        await client.send(json.dumps({"type": "subscribe", "job": str(pen.lease.job_id), "after": "1.2"}))
        error = json.loads(await client.recv())
    assert (error["event"], error["data"]["code"]) == ("error", "invalid_input")


async def test_who_watches_a_family_counts_once_and_leaves_nothing_behind(runtime, pen, call, follow_all):
    await call("some", 3)
    async with serving(runtime) as (address, web):
        web.hub.most = 1
        found = await follow_all(address, pen.lease.job_id, most=5)
        assert {data["place"] for kind, _, data in found if kind == "child"} == {0, 1, 2}
        again = await follow_all(address, pen.lease.job_id, most=5)
        assert len(again) == 5


async def test_a_family_that_is_watched_breaks_off_when_the_server_stops(runtime, pen, call):
    await call("some", 2)
    path = f"/api/v1/jobs/{pen.lease.job_id}/events?children=true"
    async with (
        serving(runtime) as (address, web),
        AsyncClient(base_url=address, auth=signed_in(runtime)) as client,
        client.stream("GET", path, headers=STREAM) as response,
    ):
        lines = response.aiter_lines()
        assert await anext(lines) == "retry: 2000"
        web.stop()
        async with asyncio.timeout(15):
            assert "event: end" not in [line async for line in lines]
