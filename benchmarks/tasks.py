"""The tasks that are run: no-op, with a step, with limit keys, with its own delay, and one that awaits its network."""

from __future__ import annotations

import asyncio
import os
import time

from benchmarks.program import payload
from headrace import App, Job

app = App("bench")

SILENT_PORT = "BENCH_SILENT_PORT"
KEYED_TASKS = 40
OWNERS = 25
"""Each makes a limit key with each of the forty tasks: a thousand."""
CAPACITY = 10
CHILDREN = 10_000


@app.task
async def nothing(_job: Job, _load: dict[str, object]) -> None:
    """Do nothing with some 200 bytes of input."""


@app.task
async def family(job: Job, _load: dict[str, object]) -> int:
    """Call no-op children and count what comes back."""
    return len(await job.call_many(nothing, [payload(number) for number in range(CHILDREN)]))


@app.task
async def stepped(job: Job, _load: dict[str, object]) -> None:
    """Do nothing in one step."""
    await job.step("nothing", _step)


@app.task
async def late(_job: Job, due: float) -> float:
    """Return how many milliseconds after its time it began."""
    return (time.time() - due) * 1000


@app.task
async def listening(_job: Job, _load: dict[str, object]) -> None:
    """Wait for an answer that never comes."""
    reader, _ = await asyncio.open_connection("127.0.0.1", int(os.environ[SILENT_PORT]))
    await reader.read()


async def _step() -> None: ...


def _keyed(number: int) -> None:
    async def keyed(_job: Job, _load: dict[str, object]) -> None: ...

    app.task(name=f"keyed_{number}", concurrency=CAPACITY, concurrency_per="owner")(keyed)


for _number in range(KEYED_TASKS):
    _keyed(_number)
