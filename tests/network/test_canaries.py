"""Secrets sent in every place where one may stand: none is in a log, an answer, or in clear in the database."""

import asyncio
import subprocess
import sys

import psycopg
import pytest
from httpx2 import AsyncClient, ConnectError
from psycopg import sql
from tests.ports import free_port

from headrace.ai.connected import http_client
from headrace.log import structlog
from headrace.testing.signing_in import signed_in

pytestmark = pytest.mark.anyio

# Not of a form by which it would be known: nothing but care keeps it out.
CANARY = "canary7f3acb91"
APP = """
from pydantic import BaseModel
from headrace import App, Job, Sensitive
app = App("vault")
class Login(BaseModel):
    user: str
    password: Sensitive[str]
@app.task
async def sign_in(job: Job, login: Login) -> int:
    job.log(f"signing in {login.user}")
    return len(login.password)
@app.task
async def fall(job: Job, login: Login) -> None:
    raise RuntimeError("The other side refused")
"""


def everything(url):
    """All rows of all tables, as text."""
    with psycopg.connect(url) as conn:
        tables = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'headrace'").fetchall()
        assert len(tables) > 20
        found = []
        for (table,) in tables:
            found += conn.execute(
                sql.SQL("SELECT t::text FROM headrace.{} AS t").format(sql.Identifier(table))
            ).fetchall()
    return "\n".join(text for (text,) in found)


async def send_canaries(client, own):
    """Send it wherever a secret may stand; yields the answers."""
    login = {"email": "ada@example.com", "password": CANARY}
    for body in (
        login,
        {**login, "code": CANARY},
        {**login, "nonsense": CANARY},
        {"email": "a@b.c", "password": [CANARY]},
    ):
        yield await client.post("/api/v1/auth/login", json=body)
        yield await client.post("/api/v1/auth/tokens", json=body)
    yield await client.post("/api/v1/auth/refresh", json={"refresh_token": CANARY})
    yield await client.post("/api/v1/auth/setup", json={**login, "code": CANARY})
    yield await client.post(
        "/api/v1/auth/login", content=b'{"password": "' + CANARY.encode(), headers={"Content-Type": "application/json"}
    )
    for credential in (f"Bearer hr_{CANARY}", f"Bearer {CANARY}", f"Basic {CANARY}", CANARY):
        yield await client.get("/api/v1/jobs", headers={"Authorization": credential})
    yield await client.get("/api/v1/jobs", headers={"Cookie": f"headrace={CANARY}; __Host-headrace={CANARY}"})
    yield await client.post(f"/api/v1/callbacks/{CANARY}", json={"token": CANARY})
    yield await client.put("/api/v1/ai/providers/openai/key", json={"key": f"{CANARY}0123456789"}, auth=own)
    yield await client.get("/api/v1/ai/providers", auth=own)
    for task in ("vault.sign_in", "vault.fall"):
        given = {"user": "ada", "password": CANARY}
        yield await client.post(f"/api/v1/tasks/{task}/jobs", json={"input": given}, auth=own)
        yield await client.post(f"/api/v1/tasks/{task}/jobs", json={"input": {**given, "user": 7}}, auth=own)
    yield await client.get("/api/v1/jobs", auth=own)


async def test_no_secret_is_found_where_it_should_not_be(runtime, settings, database_url, tmp_path):
    (tmp_path / "vault.py").write_text(APP)
    port = free_port()
    variables = settings.as_variables() | {
        "HEADRACE_PORT": str(port),
        "HEADRACE_LOG_LEVEL": "debug",
        "HEADRACE_LOG_FORMAT": "json",
        "PATH": "/usr/bin:/bin",
    }
    log = tmp_path / "log"
    headrace = [sys.executable, "-m", "headrace"]
    with log.open("wb") as out:
        web = await asyncio.create_subprocess_exec(
            *headrace, "web", "vault.py", cwd=tmp_path, env=variables, stdout=out, stderr=out
        )
        try:
            async with asyncio.timeout(60), AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                await ready(client)
                answers = [answer async for answer in send_canaries(client, signed_in(runtime))]
            worker = [*headrace, "worker", "vault.py", "--until-empty"]
            await asyncio.to_thread(
                subprocess.run, worker, cwd=tmp_path, env=variables, stdout=out, stderr=out, check=True, timeout=60
            )
        finally:
            web.terminate()
            await web.wait()
    assert {answer.status_code for answer in answers} >= {200, 202, 401, 404, 422}
    assert not [answer.url.path for answer in answers if CANARY in answer.text]
    written = log.read_text()
    assert '"event": "web.started"' in written
    assert CANARY not in written
    stored = await asyncio.to_thread(everything, database_url)
    assert "vault.fall" in stored
    assert CANARY not in stored


async def ready(client):
    while True:
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except ConnectError:
            await asyncio.sleep(0.05)


def test_a_log_line_is_one_line_whatever_it_tells():
    line = structlog.processors.JSONRenderer()(None, "info", {"event": "x", "name": "a\nb\r\u2028{}"})
    assert len(str(line).splitlines()) == 1


async def test_calls_to_providers_follow_no_redirect():
    async with http_client() as client:
        assert not client.follow_redirects
