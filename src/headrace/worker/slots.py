"""What a worker runs right now; read by its keeper from another thread."""

from __future__ import annotations

import time
from collections.abc import Callable

from headrace.jobs.job import Lease
from headrace.jobs.run import Run

ALONE_FOR = 600.0


class Slots:
    """The runs of one worker, by lease, and how many there may be."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Have room for `most` runs."""
        self.most = most
        self.is_claiming = False
        self._clock = clock
        self._alone_until: dict[Lease, float] = {}
        self._runs: dict[Lease, Run] = {}

    def __len__(self) -> int:
        """Return how many are taken."""
        return len(self._runs)

    @property
    def free(self) -> int:
        """How many more jobs may be claimed; none while one runs that must be alone, in its first ten minutes.

        What is poison shows soon, and a job of hours should not leave a worker idle for hours.
        """
        if self._alone_until and max(self._alone_until.values()) > self._clock():
            return 0
        return self.most - len(self._runs)

    @property
    def runs_others_only(self) -> bool:
        """Whether there are runs, and none of them is of a job that must be alone."""
        return bool(self._runs) and not self._alone_until

    def take(self, run: Run) -> None:
        """Fill a slot."""
        self._runs[run.lease] = run
        if run.claimed.alone:
            self._alone_until[run.lease] = self._clock() + ALONE_FOR

    def give_back(self, run: Run) -> None:
        """Empty a slot."""
        self._runs.pop(run.lease, None)
        if run.claimed.alone:
            self._alone_until.pop(run.lease, None)

    def get(self, lease: Lease) -> Run | None:
        """Return the run under a lease."""
        return self._runs.get(lease)

    def runs(self) -> list[Run]:
        """Return a copy of the runs, safe to walk from any thread."""
        return list(self._runs.copy().values())

    def leases(self) -> set[Lease]:
        """Return the leases held."""
        return set(self._runs.copy())

    def names(self) -> list[str]:
        """Return the running jobs as text for a log."""
        return [f"{run.claimed.task} {run.id}" for run in self.runs()]

    def overdue(self, before: float) -> list[str]:
        """Return runs on the event loop whose code should have ended before this monotonic time.

        One whose code has ended and that waits for its outcome to be written, while the database is away, is not late.
        """
        late = (run for run in self.runs() if run.deadline < before and run.is_executing and run.thread_done is None)
        return [f"{run.claimed.task} {run.id}" for run in late]

    def is_stuck(self, *, needs_all: bool) -> bool:
        """Whether threads that were told to stop and didn't hold every slot, or all that are held if all are needed."""
        is_abandoned = bool(self._runs) and all(run.abandoned for run in self._runs.values())
        return is_abandoned and (needs_all or len(self) >= self.most)
