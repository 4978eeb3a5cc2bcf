"""The tasks that are run: no-op, with a step, with limit keys, with its own delay, and some that await their network."""

from __future__ import annotations

import asyncio
import os
import time

from benchmarks.program import payload
from headrace import App, Job, Task

app = App("bench")

SILENT_PORT = "BENCH_SILENT_PORT"
KEYED_TASKS = 40
KEYS_EACH = 25
"""For each of the forty tasks: a thousand."""
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


@app.task
async def parking(job: Job, _load: dict[str, object]) -> None:
    """Park until somebody answers, which nobody does."""
    await job.wait_for("answer", int)


@app.task
async def streaming(job: Job, _load: dict[str, object]) -> int:
    """Have a model write."""
    return len(await job.ai.text("Write"))


async def _step() -> None: ...


def keyed_load(number: int) -> dict[str, object]:
    """Return the input of a job that has one of the limit keys of its task."""
    return {**payload(number), "key": number % KEYS_EACH}


def _keyed(number: int) -> Task[dict[str, object], None]:
    async def keyed(_job: Job, _load: dict[str, object]) -> None: ...

    return app.task(name=f"keyed_{number}", concurrency=CAPACITY, concurrency_per="input.key")(keyed)


KEYED = [_keyed(number) for number in range(KEYED_TASKS)]


@app.task
async def parent(job: Job, family: tuple[int, int]) -> None:
    """Have as many children as the second number says, of the keyed task that the first one says."""
    number, children = family
    await job.call_many(KEYED[number % KEYED_TASKS], [keyed_load(child) for child in range(children)])
