"""The loop that every periodic duty shares: run, rest, run again; a failure is logged, never fatal."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from headrace.log import get_logger

log = get_logger(__name__)

REST_AFTER_FAILURE_MAX = 10.0


async def every(
    seconds: float, duty: Callable[[], Awaitable[object]], *, name: str, wake: asyncio.Event | None = None
) -> None:
    """Run `duty` every `seconds` (±10 %, so that processes don't march in step), or sooner when `wake` is set.

    Runs until cancelled. After a failure it rests longer, up to 10 s, and logs the first failure of a row in full.
    """
    failures = 0
    while True:
        try:
            await duty()
            failures = 0
        except Exception as error:  # noqa: BLE001 - retry exhaustion of our own loops logs, it never exits
            failures += 1
            log.warning("duty.failed", duty=name, failures=failures, error=f"{type(error).__name__}: {error}")
        rest = seconds * random.uniform(0.9, 1.1)
        if failures:
            rest = min(max(rest, 0.1 * 2 ** min(failures, 8)), REST_AFTER_FAILURE_MAX)
        await _rest(rest, wake)


async def _rest(seconds: float, wake: asyncio.Event | None) -> None:
    if wake is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        pass
    wake.clear()
