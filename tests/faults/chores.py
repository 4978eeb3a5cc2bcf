"""Tasks for worker processes that are about to be hurt; each notes what it does in the file that EFFECTS names.

A line of that file is `<job> <what> <run>`. A gate is a file: who waits for it goes on when it is there.
"""

import asyncio
import os
import time
from datetime import timedelta
from pathlib import Path

from headrace import App, Job, Retry, SyncJob

app = App("chores")

ONCE = Retry(attempts=1)
SOON = Retry(attempts=2, first=timedelta(milliseconds=10), longest=timedelta(milliseconds=20))


def effect(job: Job | SyncJob, what: str) -> None:
    """Append a line that survives whatever comes next."""
    fd = os.open(os.environ["EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, f"{job.id} {what} {job.run}\n".encode())
    os.close(fd)


async def opened(gate: str) -> None:
    while not Path(gate).exists():  # noqa: ASYNC240 - a look at a file takes microseconds
        await asyncio.sleep(0.01)


@app.task(retry=ONCE)
async def three_steps(job: Job, gate: str) -> str:
    """Stops in its second step until the gate opens."""

    async def step(name: str) -> str:
        effect(job, name)
        if name == "two":
            await opened(gate)
        return name

    return "-".join([await job.step(name, step, name) for name in ("one", "two", "three")])


@app.task(retry=ONCE)
async def many_steps(job: Job, count: int) -> int:
    """Does short steps one after the other."""

    async def step(n: int) -> int:
        effect(job, f"step-{n}")
        await asyncio.sleep(0.02)
        return n

    return sum([await job.step(f"step-{n}", step, n) for n in range(count)])


@app.task(retry=ONCE)
async def square(job: Job, n: int) -> int:
    """Takes a moment, with a step and some events."""
    job.log(f"{n} begins")
    await asyncio.sleep(n % 10 / 20)

    async def multiply() -> int:
        return n * n

    value = await job.step("multiply", multiply)
    job.text("done")
    return value


@app.task(retry=ONCE)
async def family(job: Job, children: int) -> int:
    """Sums what its children return."""
    return sum(await job.call_many(square, range(children)))


@app.task(retry=ONCE)
async def five_calls(job: Job) -> list[str]:
    """Asks a model five times, one question after the other."""
    return [await job.ai.text(f"Question {n}", key=str(n)) for n in range(1, 6)]


@app.task(retry=ONCE)
async def approved(job: Job) -> str:
    """Has a model write before it waits for somebody's word, and after."""
    before = await job.ai.text("Draft", name="draft")
    effect(job, "drafted")
    word = await job.wait_for("word", str)
    effect(job, "goes-on")
    after = await job.ai.text("Polish", name="polish")
    return f"{len(before) > 0} {word} {len(after) > 0}"


@app.task(retry=ONCE)
async def branch(job: Job, gate: str) -> str:
    """Has three children that stop until the gate opens."""
    return "".join(await job.call_many(three_steps, [gate] * 3))


@app.task(retry=ONCE)
async def dynasty(job: Job, gate: str) -> list[str]:
    """Has two children that have three."""
    return await job.call_many(branch, [gate, gate])


@app.task(retry=ONCE)
async def nothing(_job: Job) -> None:
    """Returns at once."""


@app.task(retry=ONCE)
async def gated(job: Job, gate: str) -> str:
    """Waits for a gate, outside of any step."""
    effect(job, "begins")
    await opened(gate)
    return "through"


@app.task(retry=ONCE)
async def poison(job: Job) -> None:
    """Ends the process as a crash in C code does."""
    effect(job, "begins")
    os.abort()


@app.task(retry=ONCE)
async def quit_at(job: Job, gate: str) -> None:
    """Ends the process without a word, once the gate is open."""
    effect(job, "begins")
    await opened(gate)
    os._exit(3)


@app.task(retry=ONCE)
async def block(job: Job, gate: str) -> str:
    """Blocks the event loop until the gate opens."""
    effect(job, "begins")
    while not Path(gate).exists():  # noqa: ASYNC240 - as below
        time.sleep(0.05)  # noqa: ASYNC251 - the fault itself
    effect(job, "ends")
    return "through"


@app.task(retry=SOON, timeout=timedelta(seconds=0.5))
async def slow_at_first(job: Job) -> int:
    """Overruns its timeout in its first run."""
    effect(job, "begins")
    if job.run == 1:
        await asyncio.sleep(60)
    return job.run


@app.task(retry=ONCE, timeout=timedelta(seconds=1))
async def short(job: Job, gate: str) -> None:
    """Has to end within a second."""
    effect(job, "begins")
    await opened(gate)


@app.task(retry=ONCE)
def deaf(job: SyncJob, gate: str) -> str:
    """Sits in a thread and hears of nothing."""
    effect(job, "begins")
    while not Path(gate).exists():
        time.sleep(0.02)
    effect(job, "ends")
    return "through"
