"""The order in which a task's own code asks for its steps, held against that of earlier runs: code may have changed.

Only what the function asks for itself, one after the other, has a place: branches that run side by side (gathered, in tasks
or threads of their own) go by timing, and what is asked for inside a step is not asked for again once that is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Protocol

from headrace.errors import StepChanged

in_thread: ContextVar[bool] = ContextVar("headrace_in_thread", default=False)
"""Whether this is a plain function's own thread, or what that waits for."""


class Placed(Protocol):
    """What an earlier run left under a name."""

    @property
    def name(self) -> str:
        """The step's unique name."""

    @property
    def place(self) -> int | None:
        """Where the code asked for it; `None` if it had no place."""


class Course:
    """The places of one run's steps."""

    def __init__(self) -> None:
        """Know of no earlier run."""
        self._taken = 0
        self._names: dict[int, str] = {}
        self._places: dict[str, int] = {}

    def hold_to(self, earlier: Iterable[Placed]) -> None:
        """Hold this run to the places that earlier ones stored."""
        self._places = {known.name: known.place for known in earlier if known.place is not None}
        self._names = {place: name for name, place in self._places.items()}

    def take(self, name: str) -> int:
        """Return the place of a step that the function asks for now; raises `StepChanged` if an earlier run had another."""
        self._taken += 1
        place = self._taken
        stood = self._names.get(place)
        if self._names and ((stood or name) != name or self._places.get(name, place) != place):
            had = f"had {stood!r} there" if stood else f"had it in place {self._places[name]}"
            raise StepChanged(
                f"The code asks for {name!r} in place {place} of its steps, and an earlier run of this job {had}: it has "
                "changed since, or takes another way. Let jobs that have begun finish with the code they began with, or "
                "retry this one: a retry takes its finished steps by name, in any order."
            )
        return place

    def left(self) -> list[str]:
        """Return the steps of earlier runs that stand after the last one asked for."""
        return [name for place, name in sorted(self._names.items()) if place > self._taken] if self._names else []
