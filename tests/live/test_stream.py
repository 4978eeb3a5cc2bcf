"""A job's stream over HTTP: complete, in order, resumable anywhere, and over when the job is."""

import asyncio
import json

import psycopg
import pytest
from httpx2 import AsyncClient

from headrace.jobs.job import Ending
from headrace.live.stream import Pace
from headrace.runtime import Runtime
from headrace.testing.serving import serving
from headrace.testing.signing_in import signed_in

pytestmark = pytest.mark.anyio
STREAM = {"Accept": "text/event-stream"}


async def test_stream_tells_the_state_first_then_every_event_then_the_end(server, pen, follow, numbers):
    await pen.write("one", "two")
    await pen.write("three")
    await pen.finish()

    found = await follow(server, pen.lease.job_id)

    assert [message.event for message in found] == ["state", "text", "text", "text", "end"]
    assert numbers(found) == [1, 2, 3]
    assert json.loads(found[-1].data)["state"] == "completed"
    assert "result" not in json.loads(found[-1].data)


async def test_stream_resumes_after_any_event_without_gap_or_repeat(server, pen, follow, numbers):
    await pen.write(*(f"word {n}" for n in range(30)))
    await pen.finish()

    for seen in range(31):
        found = await follow(server, pen.lease.job_id, after=seen)
        assert numbers(found) == list(range(seen + 1, 31))
        assert found[0].event == "state"
        assert found[-1].event == "end"


async def test_client_that_comes_back_again_and_again_while_events_are_written_sees_each_once(
    server, pen, follow, numbers
):
    async def write_all():
        for start in range(0, 900, 30):
            await pen.write(*(f"word {n}" for n in range(start, start + 30)))
        await pen.finish()

    writing = asyncio.create_task(write_all())
    seen: list[int] = []
    while True:
        found = await follow(server, pen.lease.job_id, after=seen[-1] if seen else None, most=74)
        seen += numbers(found)
        if found[-1].event == "end":
            break
    await writing
    assert seen == list(range(1, 901))


async def test_state_is_told_again_when_it_changes(server, pen, follow):
    following = asyncio.create_task(follow(server, pen.lease.job_id))
    await pen.write("one")
    await pen.finish(Ending.FAILED)

    found = await following

    states = [json.loads(message.data)["state"] for message in found if message.event == "state"]
    assert states[0] in {"running", "failed"}
    assert states[-1] == "failed"
    assert found[-1].event == "end"


async def test_events_come_before_the_final_state_that_follows_them(server, pen, follow):
    following = asyncio.create_task(follow(server, pen.lease.job_id))
    await asyncio.sleep(0)
    for n in range(20):
        await pen.write(f"word {n}")
    await pen.finish()

    kinds = [message.event for message in await following]

    assert kinds.count("text") == 20
    assert kinds[-1] == "end"
    assert "text" not in kinds[kinds.index("end") :]


@pytest.mark.parametrize("forged", ["x", "-1", "1.5", "99999999999", "1 OR 1", "²", "0x10"])
async def test_forged_event_id_is_refused(server, pen, forged, runtime):
    async with AsyncClient(base_url=server, auth=signed_in(runtime)) as client:
        headers = STREAM | {"Last-Event-ID": forged.encode("utf-8")}
        answer = await client.get(f"/api/v1/jobs/{pen.lease.job_id}/events", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "event_id_malformed"


async def test_event_id_beyond_the_last_event_is_answered_by_reset(server, pen, follow):
    await pen.write("one")

    found = await follow(server, pen.lease.job_id, after=2)

    assert [message.event for message in found] == ["state", "reset"]


async def test_events_that_are_gone_are_answered_by_reset(server, pen, follow, runtime):
    await pen.write("one", "two", "three")
    async with runtime.database.transaction() as conn:
        await conn.execute("DELETE FROM headrace.job_events WHERE seq <= 2")

    found = await follow(server, pen.lease.job_id, after=0)

    assert [message.event for message in found] == ["state", "reset"]


async def test_stream_of_an_unknown_job_is_404(server, runtime):
    async with AsyncClient(base_url=server, auth=signed_in(runtime)) as client:
        answer = await client.get("/api/v1/jobs/01900000-0000-7000-8000-000000000000/events", headers=STREAM)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_process_goes_on_where_the_first_one_stopped(settings, apps, pen, runtime, follow, numbers):
    await pen.write(*(f"word {n}" for n in range(10)))
    async with serving(runtime) as (first, _):
        seen = numbers(await follow(first, pen.lease.job_id, most=6))
    await pen.write("late")
    await pen.finish()
    async with Runtime.open(settings, apps, connections=3) as other, serving(other) as (second, _):
        seen += numbers(await follow(second, pen.lease.job_id, after=seen[-1]))
    assert seen == list(range(1, 12))


async def test_event_known_to_another_process_first_is_no_forgery(server, pen, follow, numbers, runtime):
    watching = asyncio.create_task(follow(server, pen.lease.job_id))
    for n in range(20):
        await pen.write(f"word {n}")
        later = asyncio.create_task(follow(server, pen.lease.job_id, after=n + 1))
        await asyncio.sleep(0)
    await pen.finish()
    assert numbers(await watching) == list(range(1, 21))
    assert [message.event for message in await later][-1] == "end"


async def test_changes_by_another_process_are_seen_without_any_notification(
    settings, apps, pen, server, follow, numbers, until, runtime
):
    found = []
    following = asyncio.create_task(follow(server, pen.lease.job_id, found=found))
    await until(lambda: found)
    async with Runtime.open(settings, apps, connections=2) as another_process:
        pen.runtime = another_process
        await pen.write("one")
        async with asyncio.timeout(15):
            await until(lambda: numbers(found) == [1])
        await pen.finish()
    await following


async def test_changes_are_seen_after_the_listening_connection_was_killed(runtime, pen, follow, numbers, until):
    async with serving(runtime) as (address, _):
        listening = asyncio.create_task(runtime.wakeups.run())
        try:
            following = asyncio.create_task(follow(address, pen.lease.job_id, most=3))
            await pen.write("one")
            async with runtime.database.connection() as conn:
                await conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'headrace listener'"
                )
            await pen.write("two")
            assert numbers(await following) == [1, 2]
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def test_stream_survives_the_loss_of_every_database_connection(
    settings, apps, server, pen, follow, numbers, until, runtime
):
    found = []
    following = asyncio.create_task(follow(server, pen.lease.job_id, found=found))
    await pen.write("one")
    await until(lambda: numbers(found) == [1])
    async with await psycopg.AsyncConnection.connect(settings.database_url.get_secret_value()) as conn:
        await conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    async with Runtime.open(settings, apps, connections=2) as another_process:
        pen.runtime = another_process
        await pen.write("two")
        await pen.finish()
        assert numbers(await following) == [1, 2]


async def test_watcher_beyond_the_most_is_told_to_come_back(runtime, pen):
    async with serving(runtime) as (address, server), AsyncClient(base_url=address, auth=signed_in(runtime)) as client:
        server.hub.most = 0
        answer = await client.get(f"/api/v1/jobs/{pen.lease.job_id}/events", headers=STREAM)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_writes_that_commit_out_of_order_are_neither_lost_nor_turned_round(server, pen, runtime, follow, numbers):
    following = asyncio.create_task(follow(server, pen.lease.job_id))
    second_started = asyncio.Event()

    async def second():
        second_started.set()
        await pen.write("two")

    async with runtime.database.transaction() as conn:
        await pen.write_in(conn, "one")
        late = asyncio.create_task(second())
        await second_started.wait()
    await late
    await pen.finish()

    found = await following
    assert numbers(found) == [1, 2]
    assert [json.loads(m.data)["data"]["text"] for m in found if m.id] == ["one", "two"]


async def test_streams_end_at_once_when_the_server_stops(runtime, pen, until):
    path = f"/api/v1/jobs/{pen.lease.job_id}/events"
    async with (
        serving(runtime) as (address, server),
        AsyncClient(base_url=address, auth=signed_in(runtime)) as client,
        client.stream("GET", path, headers=STREAM) as response,
    ):
        lines = response.aiter_lines()
        assert await anext(lines) == "retry: 2000"
        server.stop()
        async with asyncio.timeout(15):
            assert [line async for line in lines][-1] == ""


async def test_quiet_stream_shows_signs_of_life(runtime, pen):
    path = f"/api/v1/jobs/{pen.lease.job_id}/events"
    async with (
        asyncio.timeout(20),
        serving(runtime, pace=Pace(ping=0.05, longest=1)) as (address, _),
        AsyncClient(base_url=address, auth=signed_in(runtime)) as client,
        client.stream("GET", path, headers=STREAM) as response,
    ):
        assert ": ping" in [line async for line in response.aiter_lines()]


async def test_long_stream_is_closed_and_can_be_resumed(runtime, pen, follow, numbers):
    async with serving(runtime, pace=Pace(ping=0.05, longest=0.2)) as (address, _):
        await pen.write("one")
        first = await follow(address, pen.lease.job_id)
        assert first[-1].event == "text"
        await pen.write("two")
        assert numbers(await follow(address, pen.lease.job_id, after=1, most=2)) == [2]


async def test_many_watchers_need_no_connection_each(server, pen, follow, numbers):
    watching = [asyncio.create_task(follow(server, pen.lease.job_id, patience=20)) for _ in range(60)]
    for n in range(10):
        await pen.write(f"word {n}")
    await pen.finish()
    for found in await asyncio.gather(*watching):
        assert numbers(found) == list(range(1, 11))


async def test_wait_answers_when_the_job_has_its_final_state(server, pen, runtime):
    async with AsyncClient(base_url=server, timeout=10, auth=signed_in(runtime)) as client:
        waiting = asyncio.create_task(client.get(f"/api/v1/jobs/{pen.lease.job_id}?wait=9"))
        await asyncio.sleep(0)
        await pen.finish()
        async with asyncio.timeout(8):
            assert (await waiting).json()["result"] == "told"


async def test_wait_answers_with_the_present_state_when_the_time_is_over(server, pen, runtime):
    async with AsyncClient(base_url=server, auth=signed_in(runtime)) as client:
        answer = await client.get(f"/api/v1/jobs/{pen.lease.job_id}?wait=0.1")
    assert answer.json()["state"] == "running"
