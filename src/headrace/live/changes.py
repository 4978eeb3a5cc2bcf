"""The hint that lists are stale: no contents, at most one a second, for pages that show many jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from headrace.live.hub import Hub
from headrace.live.message import RETRY, Message, message

REST = 1.0
# A hint that nobody sent is a page that shows old rows: so one comes now and then without a reason.
LONGEST_SILENCE = 10.0
LONGEST = 900.0

HINT = message("changed", {})


async def job_changes(hub: Hub, *, rest: float = REST) -> AsyncGenerator[bytes]:
    """Yield hints as server-sent events, for 15 minutes."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + LONGEST
    async with aclosing(hints(hub, rest=rest)) as told:
        yield RETRY + (await anext(told)).sse
        async for hint in told:
            yield hint.sse
            if clock() > deadline:
                return


async def hints(hub: Hub, *, rest: float = REST) -> AsyncGenerator[Message]:
    """Yield `changed` at once and after changes to any job, until the server stops."""
    with hub.listen() as changed:
        yield HINT
        while not hub.is_closing:
            try:
                async with asyncio.timeout(LONGEST_SILENCE):
                    await changed.wait()
            except TimeoutError:
                pass
            changed.clear()
            if not hub.is_closing:
                yield HINT
                await asyncio.sleep(rest)
