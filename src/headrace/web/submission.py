"""Submissions over HTTP: the body's options, and the answer once the job is committed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, JsonValue
from starlette.responses import Response

from headrace.db.connect import note_topics
from headrace.db.execute import AsyncCaller
from headrace.db.wake import JOBS, queue_topic
from headrace.errors import InvalidInput
from headrace.jobs.bounds import DELAY_MAX, EARLIEST, LATEST, check
from headrace.jobs.job import IfExists, Submitted
from headrace.jobs.retry import Resubmitted
from headrace.jobs.submit import submit
from headrace.jobs.task import Options, Task
from headrace.jobs.views import AcceptedJob, accepted
from headrace.web.body import Body

BATCH_MAX = 1_000


class SubmitOptions(Body):
    """What a submission may say besides its input."""

    priority: int | None = Field(None, examples=[0], ge=-32_768, le=32_767, description="A lower one runs sooner.")
    run_at: Annotated[AwareDatetime | None, Field(strict=False, ge=EARLIEST, le=LATEST, examples=[None])] = Field(
        None, description="Earliest start."
    )
    unique_key: str | None = Field(
        None,
        examples=[None],
        description="Held until the job is finished: a second submission gets the first one's job.",
    )
    delay_seconds: float | None = Field(
        None,
        ge=0,
        le=DELAY_MAX.total_seconds(),
        examples=[None],
        description="Earliest start, from now on the server's clock.",
    )
    if_exists: IfExists = Field(
        "return",
        description="If the unique key is held: return that job, replace its input and start unless it runs, or reject.",
    )
    owner: str | None = Field(None, examples=[None], description="Whose job it is.")
    tags: list[str] = Field(default_factory=list, examples=[[]], description="Labels to find it by, at most 20.")

    def asked(self) -> Options:
        """Return them as `Task.submit` takes them."""
        return {
            "priority": self.priority,
            "run_at": self.run_at,
            "delay": timedelta(seconds=self.delay_seconds) if self.delay_seconds is not None else None,
            "if_exists": self.if_exists,
            "unique_key": self.unique_key,
            "owner": self.owner,
            "tags": self.tags,
        }


class SubmitJob(SubmitOptions):
    """A job of any task."""

    task: str
    input: JsonValue = None


class SubmitJobs(Body):
    """Jobs of any tasks, all accepted or none."""

    jobs: list[SubmitJob] = Field(min_length=1, max_length=BATCH_MAX)


class AcceptedJobs(BaseModel):
    """What a batch is answered with: one entry a job, in their order."""

    items: list[AcceptedJob]


async def accept_all(conn: AsyncCaller, wanted: Sequence[tuple[Task[Any, Any], object, Options]]) -> Response:
    """Submit jobs in the caller's transaction; an `InvalidInput` points at the job it is about."""
    submissions = []
    for place, (task, value, options) in enumerate(wanted):
        try:
            submission = task.submission(value, **options)
            check(submission)
        except InvalidInput as error:
            raise InvalidInput(f"Job {place}: {error}", pointer=f"/jobs/{place}{error.pointer or ''}") from None
        submissions.append(submission)
    answers = await submit(conn, submissions)
    note_topics(conn, {JOBS, *(queue_topic(task.queue) for task, *_ in wanted)})
    items = [accepted(answer, task.name, task.queue) for answer, (task, *_) in zip(answers, wanted, strict=True)]
    return Response(AcceptedJobs(items=items).model_dump_json(), 202, media_type="application/json")


def accepted_answer(job: AcceptedJob) -> Response:
    """Return 202 with the job's address."""
    return Response(job.model_dump_json(), 202, {"Location": job.links["self"]}, "application/json")


def accepted_again(job: Resubmitted) -> Response:
    """Return 202 for a job that was made of a finished one."""
    return accepted_answer(accepted(Submitted(job.id, job.state, created=True), job.task, job.queue))


def accepted_now(submitted: Submitted, task: Task[Any, Any]) -> Response:
    """Return 202 for a job that a route submitted by itself, as an app's route does."""
    return accepted_answer(accepted(submitted, task.name, task.queue))
