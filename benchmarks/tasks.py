"""The tasks that are run: no-op, with a step, with the time since its submission, and one that awaits its network."""

from __future__ import annotations

import asyncio
import time

from headrace import App, Job

app = App("bench")


@app.task
async def nothing(_job: Job, _load: dict[str, object]) -> None:
    """Do nothing with some 200 bytes of input."""


@app.task
async def stepped(job: Job, _load: dict[str, object]) -> None:
    """Do nothing in one step."""
    await job.step("nothing", _step)


@app.task
async def late(_job: Job, due: float) -> float:
    """Return how many milliseconds after its time it began."""
    return (time.time() - due) * 1000


@app.task
async def listening(_job: Job, port: int) -> None:
    """Wait for an answer that never comes."""
    reader, _ = await asyncio.open_connection("127.0.0.1", port)
    await reader.read()


async def _step() -> None: ...
