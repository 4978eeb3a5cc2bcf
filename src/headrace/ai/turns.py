"""Whose turn it is at a limit: owners one after the other, the one that was served longest ago first, on all workers."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from headrace.ai.call import Call

# Who waits says so again at least this often; who is silent for longer has given up, or its worker died.
PATIENCE = timedelta(seconds=3)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Turn:
    """An owner at a limit: when it was served last, and until when it counts as waiting."""

    name: str
    owner: str
    served_at: datetime | None
    waits_until: datetime

    @property
    def row(self) -> dict[str, object]:
        """What is written back."""
        return {name: getattr(self, name) for name in ("name", "owner", "served_at", "waits_until")}


class Turns:
    """The turns at some limits, as they stand under the limits' locks."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
        """Take the rows that are known."""
        self._now = now
        self._turns = {(row["name"], row["owner"]): Turn(**row) for row in rows}
        self._here: set[tuple[str, str]] = set()
        self._changed: set[tuple[str, str]] = set()

    def in_order(self, calls: Sequence[Call]) -> list[Call]:
        """Return the calls as they are to be served: one of each owner in turn."""
        self._here = {(name, call.owner or "") for call in calls for name in call.names}
        lines: dict[str, deque[Call]] = defaultdict(deque)
        for call in calls:
            lines[call.owner or ""].append(call)
        order = sorted(lines, key=lambda owner: max(self._place(name, owner) for name in lines[owner][0].names))
        ordered: list[Call] = []
        while len(ordered) < len(calls):
            ordered += [lines[owner].popleft() for owner in order if lines[owner]]
        return ordered

    def ahead(self, name: str, owner: str | None) -> int:
        """Return how many owners that wait elsewhere were served longer ago than this one: room is kept for them."""
        mine = self._place(name, owner or "")
        return sum(
            self._place(*key) < mine
            for key, turn in self._turns.items()
            if key[0] == name and key not in self._here and turn.waits_until > self._now
        )

    def serve(self, name: str, owner: str | None) -> None:
        """Note that an owner was served, where somebody waits."""
        if any(key[0] == name and turn.waits_until > self._now for key, turn in self._turns.items()):
            self._set(Turn(name, owner or "", self._now, self._now))

    def wait(self, name: str, owner: str | None) -> None:
        """Note that an owner waits."""
        known = self._turns.get((name, owner or ""))
        self._set(Turn(name, owner or "", known.served_at if known else None, self._now + PATIENCE))

    @property
    def changed(self) -> list[Turn]:
        """The turns to write back."""
        return [self._turns[key] for key in self._changed]

    def _place(self, name: str, owner: str) -> tuple[datetime, str]:
        """Return by what owners are ordered: all differ, or two would each let the other go first."""
        known = self._turns.get((name, owner))
        return (known.served_at if known else None) or _NEVER, owner

    def _set(self, turn: Turn) -> None:
        self._turns[turn.name, turn.owner] = turn
        self._changed.add((turn.name, turn.owner))
