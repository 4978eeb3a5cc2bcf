"""What many build today: a FastAPI route that writes a row into a table of jobs, then sends the task by Celery and Redis."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
import uvicorn
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from benchmarks.peers.celery import nothing
from benchmarks.program import text_of, url

CONNECTIONS = 8
TABLE = """
    CREATE TABLE jobs (
        id uuid PRIMARY KEY, state text NOT NULL, input jsonb NOT NULL, result jsonb,
        created_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz
    )
"""
INDEX = "CREATE INDEX ON jobs (state, created_at)"
INSERT = "INSERT INTO jobs (id, state, input) VALUES (%s, 'pending', %s)"

pool = AsyncConnectionPool(url(), min_size=CONNECTIONS, open=False, kwargs={"autocommit": True})


class Load(BaseModel):
    """The input of a job."""

    number: int
    text: str


class Accepted(BaseModel):
    """The answer."""

    id: str
    state: str


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/jobs", status_code=202)
async def submit(load: Load) -> Accepted:
    job_id = str(uuid4())
    content = load.model_dump()
    async with pool.connection() as conn:
        await conn.execute(INSERT, (job_id, text_of(content)))
    await run_in_threadpool(nothing.delay, {"id": job_id, **content})  # on the loop it is slower
    return Accepted(id=job_id, state="pending")


if __name__ == "__main__":
    if sys.argv[1] == "install":
        with psycopg.connect(url()) as conn:
            conn.execute(TABLE)
            conn.execute(INDEX)
        sys.stdout.flush()
        os._exit(0)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
