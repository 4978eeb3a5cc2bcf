"""Clients that don't read: cut off, their connection freed, nobody else held up."""

import asyncio
import socket

import pytest

from headrace.live.stream import Pace
from headrace.testing.serving import serving
from headrace.testing.signing_in import header

pytestmark = pytest.mark.anyio


async def test_client_that_reads_nothing_is_cut_off_and_its_connection_freed(
    runtime, pen, follow, numbers, until, caplog
):
    for _ in range(30):
        await pen.write(*("x" * 40_000 for _ in range(10)))
    async with serving(runtime, pace=Pace(send=0.3)) as (address, server):
        stuck = _ask_and_never_read(runtime, address, f"/api/v1/jobs/{pen.lease.job_id}/events")
        try:
            await until(lambda: len(server.server_state.connections) == 1)
            await until(lambda: not server.server_state.connections)
            assert not server.server_state.tasks
            assert not [record for record in caplog.records if record.levelname == "ERROR"]
            await pen.finish()
            assert numbers(await follow(address, pen.lease.job_id)) == list(range(1, 301))
        finally:
            stuck.close()


async def test_stream_is_dropped_when_the_database_is_lost_so_that_the_client_comes_back(runtime, pen, until, caplog):
    await pen.write(*("x" * 40_000 for _ in range(300)))
    async with serving(runtime) as (address, server):
        stuck = _ask_and_never_read(runtime, address, f"/api/v1/jobs/{pen.lease.job_id}/events")
        try:
            await until(lambda: len(server.server_state.tasks) == 1)
            await runtime.database.pool.close()
            await asyncio.to_thread(_read_to_the_end, stuck)
            assert not [record for record in caplog.records if record.levelname == "ERROR"]
        finally:
            stuck.close()


async def test_client_that_hangs_up_leaves_nobody_watching(runtime, pen, follow, until):
    async with serving(runtime) as (address, server):
        await follow(address, pen.lease.job_id, most=1)
        await until(lambda: not server.server_state.connections)
        await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "live"])


def _ask_and_never_read(runtime, address: str, path: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").partition(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.connect((host, int(port)))
    lines = (f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Accept: text/event-stream", header(runtime))
    connection.sendall("\r\n".join((*lines, "", "")).encode())
    return connection


def _read_to_the_end(connection: socket.socket) -> None:
    connection.settimeout(10)
    try:
        while connection.recv(1_000_000):
            pass
    except ConnectionResetError:
        pass
