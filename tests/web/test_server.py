"""The web process: where it listens, how it stops, and whom it does not wait for."""

import asyncio
import signal
import socket
import subprocess
import sys

import pytest
from httpx2 import AsyncClient
from tests.ports import free_port

from headrace.accounts.bearer import Bearer
from headrace.errors import SettingsError
from headrace.keyring import Keyring
from headrace.testing.serving import serving
from headrace.testing.signing_in import signed_in
from headrace.web.protocol import BoundedProtocol
from headrace.web.server import bind

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_server_listens_on_loopback(host):
    with bind(host, 0) as listener:
        assert listener.getsockname()[1] > 0


def test_taken_port_is_named():
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port}.*HEADRACE_PORT"):
            bind("127.0.0.1", port)


async def test_sigterm_ends_streams_and_the_process_ends_well(settings, tmp_path):
    (tmp_path / "own_app.py").write_text(
        "from headrace import App, Job\napp = App('own')\n@app.task\nasync def rest(job: Job) -> None: ...\n"
    )
    port = free_port()
    environment = settings.as_variables() | {"HEADRACE_PORT": str(port), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "headrace", "web", "own_app.py"]
    own = Bearer.local(Keyring.of(settings))
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(30), AsyncClient(base_url=f"http://127.0.0.1:{port}", auth=own) as client:
            await _ready(client)
            job = (await client.post("/api/v1/jobs", json={"task": "own.rest"})).json()
            headers = {"Accept": "text/event-stream"}
            async with client.stream("GET", job["links"]["events"], headers=headers) as response:
                lines = response.aiter_lines()
                await anext(lines)
                process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(9):  # uvicorn's own grace is 10
                    [line async for line in lines]
                    assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_process_loads_nothing_heavy_that_it_does_not_use():
    code = (
        "import sys, headrace.web.server; "
        "heavy = {'sqlalchemy', 'alembic', 'rich', 'openai', 'pydantic_ai', 'genai_prices', 'jinja2'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


async def test_client_that_never_finishes_its_head_is_cut_off(runtime, connect):
    class Hasty(BoundedProtocol):
        head_deadline = 0.2

    async with serving(runtime, protocol=Hasty) as (address, _):
        for begun in (b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"):
            connection = connect(address)
            connection.sendall(begun)
            with pytest.raises(ConnectionResetError):
                await asyncio.to_thread(_read, connection)


async def test_kept_connection_serves_several_requests(server, connect):
    connection = connect(server)
    for _ in range(3):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.to_thread(_read_until, connection, b'{"status":"ok"}')


async def test_head_answers_as_get_without_the_body(runtime, server, submit, tasks):
    stream = {"Accept": "text/event-stream"}
    job_id = await submit(tasks["rest"])
    async with asyncio.timeout(20), AsyncClient(base_url=server, auth=signed_in(runtime)) as client:
        for path, headers in (("/healthz", {}), ("/api/v1/jobs", {}), (f"/api/v1/jobs/{job_id}/events", stream)):
            answer = await client.head(path, headers=headers)
            assert (answer.status_code, answer.content) == (200, b""), path
        assert (await client.head("/nothing")).status_code == 404
        assert (await client.get("/healthz")).json() == {"status": "ok"}  # on the same connection


async def test_open_stop_leaves_no_connection_behind(runtime):
    async with serving(runtime) as (address, server), AsyncClient(base_url=address, auth=signed_in(runtime)) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert len(server.server_state.connections) == 1
    assert not server.server_state.connections


def _read(connection: socket.socket) -> bytes:
    found = connection.recv(65_536)
    if not found:
        raise ConnectionResetError
    return found


def _read_until(connection: socket.socket, end: bytes) -> None:
    found = b""
    while not found.endswith(end):
        found += _read(connection)


async def _ready(client: AsyncClient) -> None:
    from httpx2 import ConnectError

    while True:
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except ConnectError:
            await asyncio.sleep(0.05)
