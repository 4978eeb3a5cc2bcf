"""Errors on their way between a worker and its child: an expected one is raised on the other side as what it was."""

from __future__ import annotations

from datetime import timedelta

from headrace import errors as own_errors
from headrace.ai import errors as ai_errors
from headrace.ai.errors import CallFailed, Partial
from headrace.db.connect import BROKEN
from headrace.errors import HeadraceError, Unavailable
from headrace.worker.wire import Fault


def fault_of(id: int, error: Exception) -> Fault:  # noqa: A002 - the message's own word
    """Return an error as a message; the text of a partial answer goes with it."""
    retry_after = error.retry_after if isinstance(error, HeadraceError) else None
    expected = isinstance(error, HeadraceError)
    return Fault(
        id=id,
        name=Unavailable.__name__ if isinstance(error, BROKEN) else type(error).__name__,
        message=str(error) if expected or isinstance(error, BROKEN) else f"{type(error).__name__}: {error}",
        retry_after=None if retry_after is None else retry_after.total_seconds(),
        text=error.partial.text if isinstance(error, CallFailed) else "",
    )


def error_of(fault: Fault) -> HeadraceError:
    """Return the error that a message tells of; one that is not ours becomes a `HeadraceError` that names it."""
    kind = getattr(ai_errors, fault.name, None) or getattr(own_errors, fault.name, None)
    retry_after = None if fault.retry_after is None else timedelta(seconds=fault.retry_after)
    if not (isinstance(kind, type) and issubclass(kind, HeadraceError)) or issubclass(kind, own_errors.RetryLater):
        return HeadraceError(fault.message, retry_after=retry_after)
    if issubclass(kind, CallFailed):
        return kind(fault.message, partial=Partial(fault.text), retry_after=retry_after)
    return kind(fault.message, retry_after=retry_after)
