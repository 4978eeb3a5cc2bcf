"""A job under the test's hand: claimed like a worker does, its events written one by one."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from headrace import App, Job
from headrace.ids import new_id
from headrace.jobs.called import Call, open_call
from headrace.jobs.claim import Marks, claim
from headrace.jobs.finish import finish
from headrace.jobs.job import Ending, Lease, Outcome
from headrace.jobs.journal import Entry, Event, EventType, write
from headrace.jobs.wait import Kind, OpenedWait
from headrace.testing.serving import serving
from headrace.testing.signing_in import signed_in
from headrace.worker.lease import register

app = App("demo")


@app.task
async def tell(job: Job) -> str:
    return "told"


@dataclass
class Pen:
    """Writes what a worker would write."""

    runtime: object
    lease: Lease

    async def write(self, *texts: str) -> None:
        async with self.runtime.database.transaction() as conn:
            await self.write_in(conn, *texts)

    async def write_in(self, conn, *texts: str) -> None:
        events = [Event(EventType.TEXT, 0.0, {"text": text}) for text in texts]
        assert await write(conn, [Entry(self.lease, events)], monotonic=0.0) == {self.lease.job_id}

    async def finish(self, ending: Ending = Ending.COMPLETED) -> None:
        async with self.runtime.database.transaction() as conn:
            outcome = Outcome(lease=self.lease, ending=ending, result=b'"told"')
            assert self.lease.job_id in await finish(conn, [outcome])


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def pen(runtime, submit) -> Pen:
    """The only running job."""
    await submit(tell)
    worker = new_id()
    async with runtime.database.transaction() as conn:
        await register(conn, worker, name="test", queues=["demo"], concurrency=1)
        [claimed] = await claim(conn, worker, Marks(["demo"]), free=1)
    return Pen(runtime, claimed.lease)


@pytest.fixture
async def server(runtime) -> AsyncIterator[str]:
    async with serving(runtime) as (address, _):
        yield address


@dataclass
class Message:
    event: str
    id: int | None
    data: str


async def messages(response) -> AsyncIterator[Message]:
    """Parse server-sent events, as a browser does."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            if "event" in fields:
                yield Message(fields["event"], int(fields["id"]) if "id" in fields else None, fields["data"])
            fields = {}


@pytest.fixture
def follow(request, runtime):
    """Follow a job's stream and return its messages, at most `most`: `await follow(address, id, after=3)`.

    They are appended to `found` as they come.
    """
    from httpx2 import AsyncClient, RemoteProtocolError

    async def run(address, job_id, *, after=None, most=None, patience=30.0, found=None):
        found = [] if found is None else found
        path = f"{address}/api/v1/jobs/{job_id}/events"
        async with asyncio.timeout(patience):
            while True:
                try:
                    await read(path, after, most, found)
                    return found
                except RemoteProtocolError:
                    if request.config.getoption("--headrace-faults") is None:
                        raise
                    after = max(numbers(found), default=after)  # a browser comes back, too

    async def read(path, after, most, found):
        headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": str(after)})
        async with (
            AsyncClient(timeout=30, auth=signed_in(runtime)) as client,
            client.stream("GET", path, headers=headers) as response,
        ):
            assert response.status_code == 200, await response.aread()
            async for message in messages(response):
                found.append(message)
                if len(found) == most:
                    break

    return run


def numbers(found: list[Message]) -> list[int]:
    return [message.id for message in found if message.id is not None]


@pytest.fixture(name="numbers")
def numbers_fixture():
    """The ids of messages."""
    return numbers


@pytest.fixture
def until():
    """Wait until something holds, at most twenty seconds: `await until(lambda: ...)`."""

    async def run(holds):
        deadline = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < deadline, "it did not come about"
            await asyncio.sleep(0.01)

    return run


@pytest.fixture
def call(pen, runtime):
    """Have the job call children, as `job.call_many` does; return a pen for each: `await call("sections", 2)`."""
    opened = []

    async def open_one(name: str, count: int) -> list[Pen]:
        opened.append(name)
        wait = OpenedWait(id=new_id(), name=name, seq=len(opened), kind=Kind.CHILDREN, args_hash="")
        told = Event(EventType.WAIT, 0.0, {"name": name, "kind": "children", "state": "open", "children": count})
        children = [tell.submission(None) for _ in range(count)]
        entry = Entry(pen.lease, [told], waits=[wait])
        called = Call(id=wait.id, entry=entry, children=children, fail_fast=False, limit_key=None)
        async with runtime.database.connection() as conn:
            await open_call(conn, called)
        worker = new_id()
        async with runtime.database.transaction() as conn:
            await register(conn, worker, name="test", queues=["demo"], concurrency=count)
            claimed = await claim(conn, worker, Marks(["demo"]), free=count)
        pens = {one.lease.job_id: Pen(runtime, one.lease) for one in claimed}
        return [pens[child.id] for child in children if child.id in pens]

    return open_one


@pytest.fixture
def follow_all(runtime):
    """Follow a job with its children, at most `most` messages: each as kind, id, data; a child's kind is its own."""

    from httpx2 import AsyncClient

    async def run(address, job_id, *, after=None, most=100_000):
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
        found = []
        async with (
            asyncio.timeout(30),
            AsyncClient(timeout=30, auth=signed_in(runtime)) as client,
            client.stream("GET", f"{address}/api/v1/jobs/{job_id}/events?children=true", headers=headers) as response,
        ):
            assert response.status_code == 200, await response.aread()
            fields = {}
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                if line:
                    fields[name] = value
                    continue
                if "event" in fields:
                    found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
                fields = {}
                if len(found) == most:
                    break
        return found

    return run


def texts(found) -> dict[str, list[str]]:
    """The texts by whose they are: `parent`, or the call and the place in it."""
    by_member: dict[str, list[str]] = {}
    for kind, _, data in found:
        whose = f"{data['step']} {data['place']}" if kind == "child" else "parent"
        event, inner = (data["event"], data["data"]) if kind == "child" else (kind, data)
        if event == "text":
            by_member.setdefault(whose, []).append(inner["data"]["text"])
    return by_member


async def write_a_family(pen, call) -> dict[str, list[str]]:
    await pen.write("plan")
    [outline] = await call("outline", 1)
    await outline.write("a", "b")
    await outline.finish()
    first, second = await call("sections", 2)
    await second.write("two")
    await first.write("one")
    await second.write("more")
    await second.finish()
    await first.finish()
    await pen.write("done")
    await pen.finish()
    return {"parent": ["plan", "done"], "outline 0": ["a", "b"], "sections 0": ["one"], "sections 1": ["two", "more"]}
