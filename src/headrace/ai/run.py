"""What asking a model needs of the job that asks: its steps, its stream of text, its database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from headrace.ai.provider import Request
from headrace.db.connect import Database
from headrace.jobs.wait import OpenedWait

if TYPE_CHECKING:
    from headrace.ai.aliases import Asking
    from headrace.ai.asking import Asked, Read

T = TypeVar("T")


class Run(Protocol):
    """One run of a job (`headrace.context.Job` is one)."""

    @property
    def id(self) -> UUID:
        """The job's id."""
        ...

    @property
    def fence(self) -> int:
        """The fence under which this run writes."""
        ...

    @property
    def task(self) -> str:
        """The name of the job's task."""
        ...

    @property
    def owner(self) -> str | None:
        """Whose job it is."""
        ...

    @property
    def run(self) -> int:
        """The number of this run, from 1."""
        ...

    @property
    def database(self) -> Database:
        """The connections of the process."""
        ...

    @property
    def step_name(self) -> str | None:
        """The full name (`ai.text#2`) of the step that is running where this is read."""
        ...

    async def step(
        self,
        name: str,
        fn: Callable[..., Awaitable[T]],
        *args: object,
        key: str | None = None,
        returns: object = ...,
    ) -> T:
        """Return the stored result of the step, or call `fn` with `args` and store what it returns."""
        ...

    def text(self, chunk: str) -> None:
        """Add to the text that the job's readers see being written."""
        ...

    def reset_text(self) -> None:
        """Void the text that this step has added so far."""
        ...

    def log(self, message: str, *, level: str = ...) -> None:
        """Add a line to the job's log."""
        ...

    async def park(self, wait: OpenedWait) -> None:
        """Open a wait and end the run until it is settled; its place among the steps is given here."""
        ...


class Asker(Protocol):
    """Asks a model on behalf of a run (`headrace.ai.models.Models`, or in a child process the worker that has them)."""

    async def ask(self, run: Run, asking: Asking, request: Request, read: Read) -> Asked:
        """Ask whom `asking` names, in turn; `None` means the installation's default model."""
        ...
