"""The hint that lists are stale: no contents, at most one a second, for pages that show many jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from headrace.live.hub import Hub
from headrace.live.message import RETRY, message

REST = 1.0
# A hint that nobody sent is a page that shows old rows: so one comes now and then without a reason.
LONGEST_SILENCE = 10.0
LONGEST = 900.0


async def job_changes(hub: Hub, *, rest: float = REST) -> AsyncGenerator[bytes]:
    """Yield `changed` at once and after changes to any job, until the server stops or 15 minutes have passed."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + LONGEST
    hint = message("changed", {})
    with hub.listen() as changed:
        yield RETRY + hint
        while not hub.is_closing and clock() < deadline:
            try:
                async with asyncio.timeout(LONGEST_SILENCE):
                    await changed.wait()
            except TimeoutError:
                pass
            changed.clear()
            if not hub.is_closing:
                yield hint
                await asyncio.sleep(rest)
