"""What goes wrong in a told week: errors as a worker stores them, with tracebacks that group well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from headrace.jobs.fingerprint import fingerprint
from headrace.jobs.job import Failure
from headrace.json import dumps

_LIBRARIES = "/srv/headrace/.venv/lib/python3.11/site-packages"


class Frame(NamedTuple):
    """One line of a traceback; `file` is relative to the installed packages."""

    file: str
    line: int
    function: str
    code: str


_WORKER = (
    Frame("headrace/worker/execute.py", 44, "_execute", "result = await _call(run, task, argument, means)"),
    Frame("headrace/worker/execute.py", 63, "_call", "return await task.function(Job(run, means.models), *arguments)"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that happens again and again: `message` may have `{fields}` that differ from job to job.

    `kind` is the exception's full name; without one there is no traceback, as for a timeout. `wait` is how long a provider
    asked to stay away.
    """

    code: str
    message: str
    kind: str = ""
    frames: tuple[Frame, ...] = ()
    wait: timedelta | None = None

    def failure(self, **fields: object) -> Failure:
        """Return the error of one run."""
        message = self.message.format(**fields)
        if not self.kind:
            return Failure(code=self.code, message=message)
        return Failure(code=self.code, message=message, type=self.kind, traceback=self._traceback(message))

    def _traceback(self, message: str) -> str:
        lines = [
            f'  File "{_LIBRARIES}/{frame.file}", line {frame.line}, in {frame.function}\n    {frame.code}\n'
            for frame in (*_WORKER, *self.frames)
        ]
        kind = self.kind.removeprefix("builtins.")
        return "".join(["Traceback (most recent call last):\n", *lines, f"{kind}: {message}\n"])


def stored_error(error: Failure | None) -> str | None:
    """Return an error as JSON text, marked so that equal ones are found together."""
    return dumps(Failure(**{**error, "fingerprint": fingerprint(error)})) if error else None
