"""When a failed run is tried again: exponential delay with full jitter, per task and per exception."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from headrace.errors import HeadraceError


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how fast a task is tried again.

    `attempts` bounds failed runs (1 means never again). The n-th delay is drawn evenly from 0 to
    min(`longest`, `first` · `factor`ⁿ⁻¹) (full jitter: M. Brooker, "Exponential Backoff And Jitter", 2015), so that jobs
    that failed together don't come back together. `per_error` gives other rules to exception types, the nearest type
    of its ancestry wins; `attempts=1` there means that this error is never retried.
    """

    attempts: int = 3
    first: timedelta = timedelta(seconds=2)
    factor: float = 2.0
    longest: timedelta = timedelta(minutes=10)
    per_error: Mapping[type[Exception], Retry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse values that can't be meant."""
        if self.attempts < 1:
            raise ValueError("Retry.attempts counts runs and is at least 1")
        if self.first < timedelta(0) or self.longest < self.first or self.factor < 1:
            raise ValueError("Retry needs 0 ≤ first ≤ longest and factor ≥ 1")


def next_delay(retry: Retry, error: BaseException, *, failures: int, attempts: int) -> timedelta | None:
    """Return how long to wait before the next run, or `None` if there is none.

    `failures` counts failed runs with this one, `attempts` is the job's own bound. A `retry_after` that the error
    carries is a minimum. Errors marked `permanent` are never retried.
    """
    if getattr(error, "permanent", False):
        return None
    rule = _rule_for(retry, error)
    allowed = attempts if rule is retry else min(attempts, rule.attempts)
    if failures >= allowed:
        return None
    delay = _ceiling(rule, failures) * random.random()
    least = error.retry_after if isinstance(error, HeadraceError) else None
    return max(delay, least) if least is not None else delay


def _ceiling(rule: Retry, failures: int) -> timedelta:
    try:
        return min(rule.longest, rule.first * rule.factor ** (failures - 1))
    except OverflowError:  # past 2.7 million years it is the longest for sure
        return rule.longest


def _rule_for(retry: Retry, error: BaseException) -> Retry:
    for kind in type(error).__mro__:
        if kind in retry.per_error:
            return retry.per_error[kind]
    return retry
