"""A task: a registered Python function with typed input and output, and the rules its jobs run by."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypedDict, TypeVar, Unpack, cast, get_type_hints
from uuid import UUID

from msgspec import structs
from pydantic import TypeAdapter, ValidationError

from headrace.db.connect import note_topics
from headrace.db.execute import AsyncCaller, SyncCaller
from headrace.db.wake import JOBS, queue_topic
from headrace.errors import InvalidInput, NotStorable
from headrace.ids import new_ids
from headrace.jobs.backoff import Retry
from headrace.jobs.job import IfExists, Submission, Submitted
from headrace.jobs.limits import LimitKey, Rate, RateKey, key_of
from headrace.jobs.sensitive import Seal, has_sensitive, replaced
from headrace.jobs.submit import submit, submit_sync
from headrace.json import Json, encode_as, encode_valid

In = TypeVar("In")
Out = TypeVar("Out")


class Executor(StrEnum):
    """Where a task's function runs: on the worker's event loop, in one of its threads, in a process of its own."""

    ASYNC = "async"
    THREAD = "thread"
    PROCESS = "process"


class Options(TypedDict, total=False):
    """What a submission may say besides its input.

    `unique_key` is held until the job is finished: a second submission with it gets the first one's job, or what
    `if_exists` says: `replace` gives that job, unless it runs, the new input and start; `reject` raises `UniqueConflict`. A
    unique key with `replace` and a `delay` is a debounce: each submission within the delay puts the start off. `run_at` is
    the earliest start; a lower `priority` runs sooner; `owner` is whose job it is; `tags` help to find it.
    """

    unique_key: str | None
    priority: int | None
    run_at: datetime | None
    delay: timedelta | None
    if_exists: IfExists
    owner: str | None
    tags: Sequence[str]


@dataclass(frozen=True)
class Task(Generic[In, Out]):
    """A task as declared with `@app.task`; call it to run the function, `submit` it to make a job."""

    name: str
    function: Callable[..., Awaitable[Out]] | Callable[..., Out]
    queue: str
    retry: Retry
    timeout: timedelta
    executor: Executor
    memory_mib: int | None = None
    priority: int = 0
    concurrency: int | None = None
    concurrency_per: str | None = None
    rate: Rate | None = None
    rate_per: str | None = None

    def __call__(self, *args: object, **kwargs: object) -> Awaitable[Out] | Out:
        """Call the function itself, as tests do."""
        return self.function(*args, **kwargs)

    async def submit(self, conn: AsyncCaller, input: In = None, **options: Unpack[Options]) -> Submitted:  # type: ignore[assignment]  # noqa: A002 - None stands for "takes no input", and `input` is the word of the API
        """Submit a job in the caller's transaction: it exists when that commits, and never if it rolls back.

        `conn` is a psycopg or SQLAlchemy connection or a SQLAlchemy session. Raises `InvalidInput`.
        """
        submission = self.submission(input, **options)
        [submitted] = await submit(conn, [submission])
        note_topics(conn, {JOBS, queue_topic(submission.queue)})
        return submitted

    async def submit_many(self, conn: AsyncCaller, inputs: Iterable[In], **options: Unpack[Options]) -> list[UUID]:
        """Submit a job for each input in the caller's transaction, any number of them, by COPY; return their ids in order.

        Slower, by a thousand at a time, if the task has limits or a `unique_key` is given. Raises `InvalidInput`.
        """
        from headrace.jobs.copying import submit_many

        ids = await submit_many(conn, self.submissions(inputs, **options))
        note_topics(conn, {JOBS, queue_topic(self.queue)})
        return ids

    def submit_sync(self, conn: SyncCaller, input: In = None, **options: Unpack[Options]) -> Submitted:  # type: ignore[assignment]  # noqa: A002 - as in `submit`
        """Submit a job in the caller's transaction; the blocking twin of `submit`."""
        [submitted] = submit_sync(conn, [self.submission(input, **options)])
        return submitted

    def submission(self, input: object, **options: Unpack[Options]) -> Submission:  # noqa: A002 - as in `submit`
        """Return the job to be, its input validated as the task's type; raises `InvalidInput` with a JSON pointer."""
        return self._job(self._encode(input), options)

    def submissions(self, inputs: Iterable[object], **options: Unpack[Options]) -> list[Submission]:
        """Return a job to be for each input, as `submission` does, at half the cost unless the task has limits."""
        if self.concurrency or self.rate:
            return [self.submission(value, **options) for value in inputs]
        texts = [self._encode(value) for value in inputs]
        if not texts:
            return []
        like = self._job(b"{}", options)
        return [structs.replace(like, input=text, id=id_) for text, id_ in zip(texts, new_ids(len(texts)), strict=True)]

    def decode_input(self, value: Json) -> object:
        """Return stored input as the task's type; raises `InvalidInput` if the code changed so that it no longer fits."""
        if self.input_type is None:
            return None
        try:
            return self.input_adapter.validator.validate_python(value, strict=False, context=self.seal.context)
        except ValidationError as error:
            raise _invalid(self.name, error) from None

    def opened(self, value: Json) -> Json:
        """Return stored input with its sensitive values in clear, for a process that has no keys."""
        return cast("Json", replaced(value, self.seal.open))

    def encode_result(self, value: object) -> bytes:
        """Return the result as JSON text, checked as the declared return type; raises `NotStorable`."""
        return encode_as(self.output_adapter, value)

    @property
    def description(self) -> str:
        """The function's docstring."""
        return inspect.getdoc(self.function) or ""

    @cached_property
    def seal(self) -> Seal:
        """What seals and opens the sensitive values of its input."""
        return Seal(self.name)

    @cached_property
    def input_type(self) -> Any | None:  # noqa: ANN401 - any type that pydantic takes
        """The annotation of the function's second parameter; `None` if it has only the job."""
        parameters = list(inspect.signature(self.function).parameters)
        return self._hints.get(parameters[1], Any) if len(parameters) > 1 else None

    @cached_property
    def input_adapter(self) -> TypeAdapter[Any]:
        """Validates and writes the input."""
        return TypeAdapter(cast("Any", self.input_type))

    @cached_property
    def has_sensitive_input(self) -> bool:
        """Whether a part of its input is sealed where it is stored."""
        return self.input_type is not None and has_sensitive(self.input_adapter.core_schema)

    @cached_property
    def output_adapter(self) -> TypeAdapter[Any]:
        """Validates and writes the result."""
        return TypeAdapter(self._hints.get("return", Any))

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.function, include_extras=True)

    def _job(self, text: bytes, options: Options) -> Submission:
        priority, owner = options.get("priority"), options.get("owner")
        limit_key = key_of(self.name, self.concurrency_per, owner=owner, input=text) if self.concurrency else None
        rate_key = key_of(self.name, self.rate_per, owner=owner, input=text) if self.rate else None
        return Submission(
            task=self.name,
            queue=self.queue,
            input=text,
            limit_key=LimitKey(limit_key, self.concurrency) if limit_key and self.concurrency else None,
            rate_key=RateKey(f"rate:{rate_key}", self.rate.spacing) if rate_key and self.rate else None,
            attempts=self.retry.attempts,
            priority=self.priority if priority is None else priority,
            run_at=options.get("run_at"),
            delay=options.get("delay"),
            if_exists=options.get("if_exists", "return"),
            unique_key=options.get("unique_key"),
            owner=owner,
            tags=tuple(options.get("tags", ())),
        )

    def _encode(self, value: object) -> bytes:
        if self.input_type is None:
            if value not in (None, {}):
                raise InvalidInput(f"Task {self.name} takes no input; leave it out", pointer="/input")
            return b"{}"
        try:
            context = self.seal.context
            valid = self.input_adapter.validator.validate_python(value, context=context)
            return encode_valid(self.input_adapter, valid, context=context)
        except ValidationError as error:
            raise _invalid(self.name, error) from None
        except NotStorable as error:  # NaN for a float that allows it, for instance
            raise InvalidInput(f"The input of {self.name} can't be stored: {error}", pointer="/input") from None


def _invalid(task: str, error: ValidationError) -> InvalidInput:
    first = error.errors(include_input=False, include_url=False)[0]
    pointer = "/input" + "".join(f"/{part}" for part in first["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return InvalidInput(f"The input of {task} does not fit at {pointer}: {first['msg']}{more}", pointer=pointer)
