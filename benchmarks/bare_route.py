"""The floor of submitting over HTTP: a FastAPI route that checks its body and inserts one row in its own transaction."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import uvicorn
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

from benchmarks.floor import ONE
from benchmarks.program import url
from headrace.ids import new_id

CONNECTIONS = 8

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
    text = orjson.dumps(load.model_dump()).decode()
    job_id = new_id()
    async with pool.connection() as conn:
        await conn.execute(ONE, (job_id, len(text), text))
    return Accepted(id=str(job_id), state="queued")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
