"""Where calls of one process wait for a limit: each looks again after a while, and sooner when a call here has ended."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress


class Lobby:
    """Those who wait, by the limit they wait for; the first that came is woken first."""

    def __init__(self) -> None:
        """Begin empty."""
        self._waiting: dict[str, list[asyncio.Future[None]]] = defaultdict(list)

    async def wait(self, name: str, seconds: float) -> None:
        """Return after so many seconds, or when it is this caller's turn to look again."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[name].append(turn)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await turn
        finally:
            if turn in self._waiting[name]:
                self._waiting[name].remove(turn)

    def wake(self, names: Iterable[str]) -> None:
        """Let one who waits for each of these limits look again: a call that counted against it has ended."""
        for name in names:
            if self._waiting[name]:
                turn = self._waiting[name].pop(0)
                if not turn.done():
                    turn.set_result(None)
