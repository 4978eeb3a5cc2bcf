"""Submissions over HTTP: the body's options, and the answer once the job is committed."""

from typing import Annotated, Any

from pydantic import AwareDatetime, Field, JsonValue
from starlette.responses import Response

from headrace.db.execute import AsyncCaller
from headrace.jobs.job import Submitted
from headrace.jobs.submit import EARLIEST, LATEST
from headrace.jobs.task import Options, Task
from headrace.jobs.views import AcceptedJob, accepted
from headrace.web.body import Body


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
    owner: str | None = Field(None, examples=[None], description="Whose job it is.")
    tags: list[str] = Field(default_factory=list, examples=[[]], description="Labels to find it by, at most 20.")


async def accept(conn: AsyncCaller, task: Task[Any, Any], value: JsonValue, options: SubmitOptions) -> Response:
    """Submit a job in the caller's transaction and return the answer that says so."""
    asked: Options = {
        "priority": options.priority,
        "run_at": options.run_at,
        "unique_key": options.unique_key,
        "owner": options.owner,
        "tags": options.tags,
    }
    return accepted_answer(accepted(await task.submit(conn, value, **asked), task.name, task.queue))


def accepted_answer(job: AcceptedJob) -> Response:
    """Return 202 with the job's address."""
    return Response(job.model_dump_json(), 202, {"Location": job.links["self"]}, "application/json")


def accepted_now(submitted: Submitted, task: Task[Any, Any]) -> Response:
    """Return 202 for a job that a route submitted by itself, as an app's route does."""
    return accepted_answer(accepted(submitted, task.name, task.queue))
