"""Sockets that send slowly or nothing: they are cut off, take nobody's place, and others are served meanwhile."""

import asyncio
import time
from contextlib import closing, suppress
from statistics import median

import pytest
from httpx2 import AsyncClient

from headrace.testing.serving import serving
from headrace.testing.signing_in import signed_in
from headrace.web.protocol import BoundedProtocol

pytestmark = pytest.mark.anyio

HEAD = (
    b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
)
SLOW, PAUSE, ROUNDS = 500, 5.0, 5


class Hasty(BoundedProtocol):
    head_deadline = 2.0


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"requests_max": 10})


async def test_slow_sockets_are_cut_off_and_others_are_served_meanwhile(runtime):
    async with serving(runtime, protocol=Hasty) as (address, _), asyncio.timeout(60):
        port = int(address.rpartition(":")[2])
        begun = [b"", b"GET /heal", HEAD, HEAD + b'{"task"']
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
        for n, (_, writer) in enumerate(slow):
            writer.write(begun[n % len(begun)])
        async with AsyncClient(base_url=address, auth=signed_in(runtime)) as client:
            for _ in range(20):  # twice as many as may be worked on: those who only begin take no place
                assert (await client.post("/api/v1/jobs", json={"task": "demo.rest"})).status_code == 202
            for n, (reader, _) in enumerate(slow):
                if n % len(begun) < 2:  # without a whole head
                    with pytest.raises(ConnectionResetError):
                        assert await reader.read() == b""
                        raise ConnectionResetError
            assert (await client.get("/api/v1/jobs")).status_code == 200
        for _, writer in slow:
            writer.close()


async def ask(client, times):
    """The seconds that all but the slowest hundredth of so many requests took at most."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        assert (await client.get("/api/v1/jobs")).status_code == 200
        took.append(time.perf_counter() - begun)
    return sorted(took)[times * 99 // 100]


async def trickle(port, n):
    """Send a request a byte at a time, one every few seconds; when cut off, come again."""
    await asyncio.sleep(n / SLOW * PAUSE)
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(ConnectionError), closing(writer):
            for byte in HEAD + b" " * 1_000:
                writer.write(bytes([byte]))
                with suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1_000), PAUSE)
                    break


@pytest.mark.long
async def test_five_hundred_slow_sockets_make_others_wait_no_longer(runtime, record_property):
    alone, beside = [], []
    async with serving(runtime) as (address, _), asyncio.timeout(600):
        port = int(address.rpartition(":")[2])
        async with AsyncClient(base_url=address, auth=signed_in(runtime)) as client:
            for _ in range(ROUNDS):  # in turns, since the machine has other work, too
                alone.append(await ask(client, 300))
                slow = [asyncio.create_task(trickle(port, n)) for n in range(SLOW)]
                await asyncio.sleep(PAUSE)  # until all are open: what is measured is their being there
                beside.append(await ask(client, 300))
                for one in slow:
                    one.cancel()
                await asyncio.wait(slow)
    record_property("p99 alone", alone)
    record_property("p99 beside", beside)
    assert median(beside) < 2 * median(alone) + 0.05
