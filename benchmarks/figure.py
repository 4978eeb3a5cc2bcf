"""A figure: trials that take turns, the rows they fill, and the bounds that issue and design set for them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.stage import Stage


@dataclass(frozen=True, slots=True)
class Trial:
    """One contestant's go at a figure: a value, or several by what they are called."""

    name: str
    run: Callable[[], float | Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound on the median of a row, or on its ratio to that of another row."""

    row: str
    least: float | None = None
    most: float | None = None
    of: str | None = None

    def __str__(self) -> str:
        bound = f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"
        return f"{bound} of {self.of}" if self.of else bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is measured and in which unit; `trials` makes the contestants for a stage."""

    name: str
    title: str
    unit: str
    trials: Callable[[Stage], Sequence[Trial]]
    targets: Sequence[Target] = ()
    rounds_most: int = 99


@dataclass(slots=True)
class Found:
    """What a figure came to: the values of each row, a round each, and what could not be measured."""

    figure: Figure
    rows: dict[str, list[float]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    steal: float = 0.0

    def median(self, row: str) -> float:
        return statistics.median(self.rows[row])

    def measure(self, target: Target) -> float | None:
        """Return what a target bounds; `None` if a row is missing."""
        if target.row not in self.rows or (target.of and target.of not in self.rows):
            return None
        return self.median(target.row) / (self.median(target.of) if target.of else 1)

    def is_met(self, target: Target) -> bool | None:
        """Return whether a target is met; `None` if it was not measured."""
        value = self.measure(target)
        if value is None:
            return None
        return (target.least is None or value >= target.least) and (target.most is None or value <= target.most)


def take(found: Found, trial: Trial) -> None:
    """Run a trial once and add what it measured to the rows."""
    said = trial.run()
    values = said if isinstance(said, Mapping) else {"": said}
    for name, value in values.items():
        found.rows.setdefault(f"{trial.name} {name}".strip(), []).append(value)
