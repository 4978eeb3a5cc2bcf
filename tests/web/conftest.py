"""An app with routes of its own, and HTTP against it."""

import socket
import sys
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Annotated

import pytest
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import text

from headrace import App, Job
from headrace.testing.serving import serving
from headrace.web.idempotency import Idempotency
from headrace.web.session import Session
from headrace.web.submission import accepted_now

app = App("demo", router="web_demo_api:router")
router = APIRouter()
api = ModuleType("web_demo_api")
api.router = router
sys.modules["web_demo_api"] = api


class Tone(BaseModel):
    warmth: int = Field(5, le=10)


class Brief(BaseModel):
    topic: str = Field(max_length=200)
    words: int = 100
    tone: Tone = Field(default_factory=Tone)


class Count(BaseModel):
    n: Annotated[int, Field(strict=True)]
    note: str = ""


@app.task
async def write(job: Job, brief: Brief) -> str:
    """Write about a topic."""
    return f"about {brief.topic}"


@app.task
async def rest(job: Job) -> None:
    """Do nothing."""


@app.task
async def fall(job: Job) -> None:
    """Fail."""
    raise RuntimeError("fell")


@router.post("/counts")
async def count(body: Count) -> Count:
    return body


@router.post("/anything")
async def anything(body: dict[str, object]) -> dict[str, object]:
    return body


@router.post("/rows")
async def add_row(body: Count, session: Session) -> Count:
    await session.execute(text("INSERT INTO rows (n, note) VALUES (:n, :note)"), body.model_dump())
    return body


@router.post("/rows/failing")
async def add_row_and_fail(body: Count, session: Session) -> Count:
    await session.execute(text("INSERT INTO rows (n) VALUES (:n)"), {"n": body.n})
    raise RuntimeError("canary-in-a-traceback")


@router.post("/writings", status_code=202)
async def start_writing(body: Brief, session: Session, once: Idempotency) -> Response:
    async def work() -> Response:
        await session.execute(text("INSERT INTO rows (n) VALUES (1)"))
        return accepted_now(await write.submit(session, body), write)

    return await once.answer(session, work)


@pytest.fixture
def apps():
    return [app]


@pytest.fixture
async def rows(runtime) -> AsyncIterator[object]:
    """A table whose key is checked only at commit; reads its numbers."""
    async with runtime.database.connection() as conn:
        await conn.execute(
            "CREATE TABLE rows (n bigint UNIQUE DEFERRABLE INITIALLY DEFERRED, note text NOT NULL DEFAULT '')"
        )

    async def read() -> list[int]:
        async with runtime.database.connection() as conn:
            return [n for (n,) in await (await conn.execute("SELECT n FROM rows ORDER BY n")).fetchall()]

    return read


@pytest.fixture
async def server(runtime) -> AsyncIterator[str]:
    async with serving(runtime) as (address, _):
        yield address


@pytest.fixture
def tasks():
    """The app's tasks by their short names."""
    return {"write": write, "rest": rest, "fall": fall}


@pytest.fixture
def connect():
    """Open a plain TCP connection to a server's address."""
    opened: list[socket.socket] = []

    def run(address: str) -> socket.socket:
        host, _, port = address.removeprefix("http://").partition(":")
        opened.append(socket.create_connection((host, int(port)), timeout=5))
        return opened[-1]

    yield run
    for connection in opened:
        connection.close()


@pytest.fixture
def count_jobs(runtime):
    """How many jobs there are."""

    async def run() -> int:
        async with runtime.database.connection() as conn:
            row = await (await conn.execute("SELECT count(*) FROM headrace.jobs")).fetchone()
        return row[0]

    return run
