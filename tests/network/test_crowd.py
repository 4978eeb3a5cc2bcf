"""How many requests a process works on at a time."""

import asyncio

import pytest
from httpx2 import ASGITransport, AsyncClient

from headrace.web.crowd import bound_requests

pytestmark = pytest.mark.anyio


class Slow:
    """An application whose answers begin when it is told to, and end later."""

    def __init__(self) -> None:
        self.come = asyncio.Semaphore(0)
        self.begin, self.end = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope, receive, send) -> None:
        self.come.release()
        await self.begin.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.end.wait()
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def slow():
    return Slow()


@pytest.fixture
async def client(slow):
    transport = ASGITransport(app=bound_requests(slow, 3))
    async with AsyncClient(transport=transport, base_url="http://localhost") as opened:
        yield opened


async def test_one_more_than_may_be_is_told_to_come_again(client, slow):
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        working = [group.create_task(client.get("/api/v1/jobs")) for _ in range(3)]
        for _ in working:
            await slow.come.acquire()
        refused = await client.get("/api/v1/jobs")
        assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "busy", "1")
        slow.begin.set()
        slow.end.set()
    assert {task.result().status_code for task in working} == {200}
    assert (await client.get("/api/v1/jobs")).status_code == 200


async def test_health_and_those_who_wait_for_a_job_are_not_counted(client, slow):
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(client.get("/api/v1/jobs"))
            await slow.come.acquire()
        apart = [group.create_task(client.get(path)) for path in ("/healthz", "/readyz", "/api/v1/jobs/1?wait=30")]
        for _ in apart:
            await slow.come.acquire()
        slow.begin.set()
        slow.end.set()
    assert {task.result().status_code for task in apart} == {200}


async def test_a_stream_counts_until_it_begins(client, slow):
    slow.begin.set()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(client.get("/api/v1/jobs/stream"))
            await slow.come.acquire()
        slow.end.set()


async def test_a_request_that_fails_or_is_given_up_leaves_its_place(slow):
    async def broken(scope, receive, send):
        raise RuntimeError("broken")

    app = bound_requests(broken, 1)
    scope = {"type": "http", "path": "/x", "query_string": b""}
    for _ in range(3):
        with pytest.raises(RuntimeError, match="broken"):
            await app(scope, None, None)
    bounded = bound_requests(slow, 1)
    for _ in range(3):
        task = asyncio.create_task(bounded(scope, None, None))
        await slow.come.acquire()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
