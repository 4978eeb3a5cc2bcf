"""The intake: concurrent plain submissions of one process share a transaction, and each gets its own answer."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.clock import Clock
from headrace.db.batch import Batcher
from headrace.db.connect import Database, note_topics
from headrace.db.wake import JOBS, queue_topic
from headrace.jobs.job import Submission, Submitted
from headrace.jobs.submit import check, submit

LINGER = 0.001
BATCH_MAX = 200
PATIENCE = 3.0


class Intake:
    """Takes submissions that need no transaction of their own; nobody waits longer than a few milliseconds for the others.

    A COMMIT whose answer was lost is sent again with the same ids, so it makes no second job. One submission's error is its
    own: the others are written without it.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Write to this database."""
        self._database = database
        self._clock = clock
        self._jobs: Batcher[Submission, Submitted] = Batcher(
            self._write,
            name="intake",
            linger=LINGER,
            weigh=lambda job: len(job.input),
            most=BATCH_MAX,
            patience=PATIENCE,
        )

    async def submit(self, job: Submission) -> Submitted:
        """Submit a job; it is committed when this returns. Raises what `submit` raises, or the outage's error after 3 s."""
        check(job)
        return await self._jobs.put(job, urgent=False)

    async def _write(self, jobs: Sequence[Submission]) -> Sequence[Submitted]:
        async with self._database.transaction() as conn:
            await conn.execute("SELECT set_config('lock_timeout', '1s', true)")
            answers = await submit(conn, jobs, now=self._clock.now)
            note_topics(conn, {JOBS, *(queue_topic(job.queue) for job in jobs)})
        return answers
