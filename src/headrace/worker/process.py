"""The worker process: one runtime, its upkeep and wake-ups, and tenures of a worker until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from uuid import UUID

from headrace import installation
from headrace.app import App
from headrace.jobs.upkeep import DUTIES, start
from headrace.log import get_logger
from headrace.runtime import Runtime
from headrace.settings import Settings
from headrace.worker.emptying import begin, stop_when_empty
from headrace.worker.stop import Stop
from headrace.worker.worker import Worker

log = get_logger(__name__)

CONNECTIONS = 4


async def serve(
    settings: Settings,
    apps: Sequence[App],
    stop: Stop,
    *,
    id: UUID | None = None,  # noqa: A002
    until_empty: bool = False,
) -> None:
    """Run jobs until `stop` is asked for; a worker that was declared dead begins anew under a new id.

    With `until_empty` what is due by the schedules is fired once, and the worker stops when nothing is left to do.
    """
    async with Runtime.open(settings, apps, connections=CONNECTIONS) as runtime, AsyncExitStack() as stack:
        await installation.confirm(runtime.database, runtime.keyring, settings.environment)
        if until_empty:
            await begin(runtime)
        duties = DUTIES if until_empty else runtime.duties
        background = [
            asyncio.create_task(runtime.wakeups.run()),
            *start(runtime.database, runtime.wakeups, runtime.clock, duties),
        ]
        stack.push_async_callback(_cancel, background)
        while not stop.is_asked:
            worker = Worker(runtime, id=id, stop=stop)
            id = None  # noqa: A001 - the next tenure is another worker
            ending = [asyncio.create_task(_stop_with(stop, worker))]
            if until_empty:
                ending.append(asyncio.create_task(stop_when_empty(runtime, worker)))
            try:
                await worker.run()
            finally:
                await _cancel(ending)
            if not worker.is_dead:
                return


async def _stop_with(stop: Stop, worker: Worker) -> None:
    await stop.wait()
    worker.stop()


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
