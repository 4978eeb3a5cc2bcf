"""Every expected error, with the code and HTTP status it is answered with.

HeadraceError
├── SettingsError            a setting is wrong or unknown; the process does not start
├── AlreadyRunning           another supervisor owns the data folder
├── DatabaseFailed           the embedded PostgreSQL can't be set up or started
├── Unreadable               a stored secret can't be decrypted with the keys that are set
├── InvalidInput       422   a value does not fit its type or limit
├── Unauthorized       401   nobody known asks: no credential, or one that doesn't count
├── Forbidden          403   who asks may not do that
├── NotFound           404
├── Conflict           409
│   ├── JobFinished          the job has its final state; it can't be cancelled
│   ├── JobUnfinished        the job is still going; it can't be retried
│   ├── UniqueConflict       an unfinished job holds the unique key
│   ├── WaitAnswered         the wait has another answer already
│   └── VersionConflict      somebody else changed the row first
├── WaitOver           410   nobody waits for the answer any more
├── Unavailable        503   the database or the server can't answer now; try again
├── LeaseLost                a late write of a run that no longer owns its job
├── ChildFailed              a child that the job waits for failed (this and others in `headrace.jobs.child_errors`)
├── StepChanged              a stored step was made with other arguments than the code now passes
├── WaitExpired              nobody answered a wait in time
├── WaitInStep               a job can't park while one of its steps runs
├── NotStorable              a value that JSON in PostgreSQL can't hold
├── NeedsDatabase            a task in a process of its own asked for a database connection
├── ProcessDied              the process that ran a job ended before the job did
├── MemoryExceeded           a run needed more memory than its task may have
├── TaskError                raised by a task to say how its failure is treated
│   ├── PermanentError       no retry heals it
│   └── RetryLater           try again, not before `after`
└── AiError                  a provider refused or failed (subclasses in `headrace.ai.errors`)
"""

from __future__ import annotations

from datetime import timedelta


class HeadraceError(Exception):
    """An error with a stable `code`; over HTTP it is answered with `status` as problem+json.

    Of an error that fails a run, `permanent` says that no retry heals it, and `costs_attempt` is false if the job only has
    to wait for `retry_after`.
    """

    code = "error"
    status = 500
    permanent = False
    costs_attempt = True

    def __init__(self, message: str, *, pointer: str | None = None, retry_after: timedelta | None = None) -> None:
        """Keep `pointer` (JSON pointer to the offending part of the body) and `retry_after` for the answer."""
        super().__init__(message)
        self.pointer = pointer
        self.retry_after = retry_after


class SettingsError(HeadraceError):
    """A setting is wrong or unknown; the message names it and says what would be right."""

    code = "settings_invalid"


class Unreadable(HeadraceError):
    """A stored secret can't be decrypted: its key is gone, or it was changed."""

    code = "secret_unreadable"
    permanent = True


class AlreadyRunning(HeadraceError):
    """Another supervisor owns the data folder."""

    code = "already_running"


class DatabaseFailed(HeadraceError):
    """The embedded PostgreSQL can't be set up or started; the message says why and what would mend it."""

    code = "database_failed"
    status = 503


class InvalidInput(HeadraceError):
    """A value does not fit its type or limit."""

    code = "invalid_input"
    status = 422


class Unauthorized(HeadraceError):
    """Nobody known asks: there is no credential, or it doesn't count."""

    code = "unauthorized"
    status = 401


class Forbidden(HeadraceError):
    """Who asks may not do that."""

    code = "forbidden"
    status = 403


class NotFound(HeadraceError):
    """There is nothing under that id or name."""

    code = "not_found"
    status = 404


class Conflict(HeadraceError):
    """The act does not fit the present state."""

    code = "conflict"
    status = 409


class JobFinished(Conflict):
    """The job already has its final state."""

    code = "job_finished"


class JobUnfinished(Conflict):
    """The job has no final state yet."""

    code = "job_unfinished"


class UniqueConflict(Conflict):
    """An unfinished job of the same task holds the unique key."""

    code = "unique_conflict"


class VersionConflict(Conflict):
    """The row was changed by somebody else since it was read."""

    code = "version_conflict"


class WaitAnswered(Conflict):
    """The wait has another answer already; the first one stands."""

    code = "wait_answered"


class WaitOver(HeadraceError):
    """Nobody waits for the answer any more: the wait has expired, or its job has ended."""

    code = "wait_over"
    status = 410


class Unavailable(HeadraceError):
    """The database or the server can't answer now; the same request may succeed later."""

    code = "unavailable"
    status = 503


class LeaseLost(HeadraceError):
    """The run no longer owns its job; what it writes now is dropped."""

    code = "lease_lost"
    status = 409


class StepChanged(HeadraceError):
    """A stored step was made with other arguments than the code now passes under the same name."""

    code = "step_changed"
    permanent = True


class WaitExpired(HeadraceError):
    """Nobody answered a wait in time; later runs of the job are told the same."""

    code = "wait_expired"
    permanent = True


class WaitInStep(HeadraceError):
    """A job was told to wait inside a step; it can't park before that is stored."""

    code = "wait_in_step"
    permanent = True


class NotStorable(HeadraceError):
    """A value that JSON in PostgreSQL can't hold (NaN, NUL, lone surrogates) or that is over a limit."""

    code = "not_storable"
    permanent = True


class NeedsDatabase(HeadraceError):
    """A task that runs in a process of its own asked for a database connection, which only the worker has."""

    code = "needs_database"
    permanent = True


class ProcessDied(HeadraceError):
    """The process that ran a job ended, or was ended from outside, before the job did; it took no other job along."""

    code = "process_died"


class MemoryExceeded(HeadraceError):
    """A run needed more memory than its task may have."""

    code = "memory_exceeded"


class TaskError(HeadraceError):
    """Raised by a task: the failure's `code` is kept on the job."""

    code = "task_error"


class PermanentError(TaskError):
    """Raised by a task: retrying can't heal this, the job fails at once."""

    code = "permanent"
    permanent = True


class RetryLater(TaskError):
    """Raised by a task: try again, not before `after` from now (the provider's Retry-After, for instance)."""

    code = "retry_later"

    def __init__(self, message: str, *, after: timedelta) -> None:
        """Take `after` as the least delay; the task's backoff may make it longer."""
        super().__init__(message, retry_after=after)


class AiError(HeadraceError):
    """A provider refused or failed; the subclasses say how."""

    code = "ai_error"
    status = 502
