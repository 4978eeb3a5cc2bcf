"""What goes wrong with the children of a job."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from headrace.errors import HeadraceError


class ChildFailed(HeadraceError):
    """A child of the job failed, or was cancelled; what is stored of it stays so, whatever is tried again."""

    code = "child_failed"
    permanent = True

    def __init__(self, message: str, *, place: int, job_id: UUID, error: Mapping[str, object]) -> None:
        """Keep the child's place among the inputs, its job, and the error stored there (`code`, `message`, …)."""
        super().__init__(message)
        self.place = place
        self.job_id = job_id
        self.error = error


class ChildrenGone(HeadraceError):
    """The results of a call can't be read any more: the children are deleted."""

    code = "children_gone"
    permanent = True


class TooManyChildren(HeadraceError):
    """A call has more children than it may, or lies deeper than calls may."""

    code = "too_many_children"
    permanent = True
