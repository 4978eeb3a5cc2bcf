"""The intake: concurrent submissions of one process share a transaction, and each gets its own answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.responses import Response

from headrace.clock import Clock
from headrace.db.batch import Batcher
from headrace.db.connect import Database, note_topics
from headrace.db.wake import JOBS, queue_topic
from headrace.errors import HeadraceError, InvalidInput
from headrace.jobs.bounds import check
from headrace.jobs.job import Submission
from headrace.jobs.submit import submit
from headrace.jobs.views import accepted
from headrace.web.idempotency import Once, find_answers, keep_answers
from headrace.web.submission import accepted_answer

LINGER = 0.001
BATCH_MAX = 200
PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to submit a job."""

    job: Submission
    once: Once


class Intake:
    """Takes submissions that need no transaction of their own; nobody waits longer than a few milliseconds for the others.

    A COMMIT whose answer was lost is sent again with the same ids, so it makes no second job. One submission's error is its
    own: the others are written without it.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Write to this database."""
        self._database = database
        self._clock = clock
        self._was_alone = True
        self._asked: Batcher[Asked, Response] = Batcher(
            self._write,
            name="intake",
            linger=LINGER,
            weigh=lambda asked: len(asked.job.input),
            most=BATCH_MAX,
            patience=PATIENCE,
        )

    async def accept(self, make: Callable[[], Submission], once: Once) -> Response:
        """Submit a job once and return the answer that says so; it is committed when this returns.

        Raises what `make`, `submit` and the request's key raise, or the outage's error after 3 s.
        """
        try:
            job = make()
            check(job)
        except InvalidInput as error:
            return await self._refuse(error, once)
        return await self._asked.put(Asked(job, once), urgent=self._was_alone)

    async def _refuse(self, error: InvalidInput, once: Once) -> Response:
        """Raise the error, unless the request was answered before: what a task takes may have changed since."""

        async def refuse() -> Response:
            raise error

        if once.key is None:
            raise error
        async with self._database.transaction() as conn:
            return await once.answer(conn, refuse)

    async def _write(self, asked: Sequence[Asked]) -> Sequence[Response | HeadraceError]:
        now = self._clock.now
        self._was_alone = len(asked) == 1  # then waiting for company is in vain
        async with self._database.transaction() as conn:
            await conn.execute("SELECT set_config('lock_timeout', '1s', true)")
            answers = await find_answers(conn, [one.once for one in asked], now=now)
            fresh = [one for one, answer in zip(asked, answers, strict=True) if answer is None]
            jobs = [one.job for one in fresh]
            submitted = await submit(conn, jobs, now=now)
            given = [
                accepted_answer(accepted(done, job.task, job.queue)) for done, job in zip(submitted, jobs, strict=True)
            ]
            await keep_answers(conn, [(one.once, answer) for one, answer in zip(fresh, given, strict=True)], now=now)
            note_topics(conn, {JOBS, *(queue_topic(job.queue) for job in jobs)})
        rest = iter(given)
        return [next(rest) if answer is None else answer for answer in answers]


async def intake_of(request: Request) -> Intake:
    """Return the application's intake."""
    return cast("Intake", request.app.state.intake)


CurrentIntake = Annotated[Intake, Depends(intake_of)]
