"""The states of a job and the moves between them; written here only.

The CHECK constraint of `headrace.jobs`, the drawing in `docs/queue.md` and the API are tested against this.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a job is in its life."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    BLOCKED = "blocked"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the job is over; a final state never changes."""
        return not TRANSITIONS[self]


TRANSITIONS: dict[State, frozenset[State]] = {
    State.SCHEDULED: frozenset({State.QUEUED, State.BLOCKED, State.CANCELLED}),
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
    State.BLOCKED: frozenset({State.QUEUED, State.CANCELLED}),
    State.RUNNING: frozenset(
        {
            State.QUEUED,
            State.SCHEDULED,
            State.BLOCKED,
            State.WAITING,
            State.COMPLETED,
            State.FAILED,
            State.CANCELLED,
        }
    ),
    State.WAITING: frozenset({State.QUEUED, State.BLOCKED, State.CANCELLED}),
    State.COMPLETED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}

FINAL = frozenset(state for state, following in TRANSITIONS.items() if not following)
