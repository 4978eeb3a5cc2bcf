"""The jobs over HTTP: submit, list, show, watch, cancel, retry."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response

from headrace.accounts.permission import Permission
from headrace.db.wake import CANCEL, JOBS, queue_topic
from headrace.errors import InvalidInput, JobFinished
from headrace.jobs import show
from headrace.jobs.cancel import cancel
from headrace.jobs.listing import list_jobs
from headrace.jobs.retry import retry
from headrace.jobs.state_counts import count_states
from headrace.jobs.states import State
from headrace.jobs.views import (
    AcceptedJob,
    AttemptView,
    Cancelled,
    EventPage,
    JobItem,
    JobView,
    StateCounts,
    StepView,
    UpdatePage,
    links,
    present,
    present_why,
)
from headrace.jobs.why import explain
from headrace.live.changes import job_changes
from headrace.live.family import PLACE_PATTERN, family_messages, number_of, read_place
from headrace.live.stream import event_stream, job_messages
from headrace.live.updates import read_updates
from headrace.web.event_stream import EventStream, is_asked_for, last_seen
from headrace.web.gate import CurrentPrincipal, needs, watched
from headrace.web.hatch import HatchRoute
from headrace.web.idempotency import Idempotency
from headrace.web.intake import CurrentIntake
from headrace.web.job_query import JobPage, JobQuery, JobSearch
from headrace.web.owning import confined, owned
from headrace.web.paging import encode_cursor
from headrace.web.quotas import CurrentQuotas
from headrace.web.runtime import CurrentHub, CurrentRuntime
from headrace.web.submission import AcceptedJobs, SubmitJob, SubmitJobs, accept_all, accepted_again

router = APIRouter(tags=["jobs"], dependencies=[needs(Permission.JOBS_READ, to_change=Permission.JOBS_WRITE)])

_STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}

After = Annotated[str, Query(pattern=PLACE_PATTERN, description="Number, or id, of the last event seen; 0 for all.")]
WithChildren = Annotated[bool, Query(description="Of a stream: tell of the jobs, too, that this one called.")]
EventLimit = Annotated[int, Query(ge=1, le=1_000)]


async def submit_job(
    body: SubmitJob, principal: CurrentPrincipal, *, runtime: CurrentRuntime, intake: CurrentIntake, once: Idempotency
) -> Response:
    """Submit a job of any task; 202 means that it is committed. Each task also has a typed operation of its own."""
    task = runtime.task(body.task)
    return await intake.accept(lambda: task.submission(body.input, **owned(principal, body.asked())), once)


router.add_api_route(
    "/jobs",
    submit_job,
    methods=["POST"],
    status_code=202,
    response_model=AcceptedJob,
    operation_id="submit_job",
    route_class_override=HatchRoute,
)


@router.post("/jobs/batch", status_code=202, response_model=AcceptedJobs, operation_id="submit_jobs")
async def submit_jobs(
    body: SubmitJobs,
    principal: CurrentPrincipal,
    *,
    runtime: CurrentRuntime,
    quotas: CurrentQuotas,
    once: Idempotency,
) -> Response:
    """Submit up to 1,000 jobs in one transaction: all of them are accepted, or none."""
    if principal.owner is not None:  # one of them was counted at the gate
        await quotas.admit(principal.owner, len(body.jobs) - 1)
    wanted = [(runtime.task(job.task), job.input, owned(principal, job.asked())) for job in body.jobs]
    async with runtime.database.transaction() as conn:
        return await once.answer(conn, lambda: accept_all(conn, wanted))


@router.get("/jobs", operation_id="list_jobs")
async def show_jobs(
    runtime: CurrentRuntime, principal: CurrentPrincipal, wanted: Annotated[JobQuery, Query()]
) -> JobPage:
    """List jobs, newest first; `state`, `task` and `queue` may be given several times."""
    jobs = confined(principal, wanted.as_filter())
    async with runtime.database.connection() as conn:
        rows = await list_jobs(conn, jobs, limit=wanted.limit + 1)
    items = [JobItem.model_validate(present(row)) for row in rows[: wanted.limit]]
    return JobPage(
        items=items,
        next_cursor=encode_cursor(items[-1].id) if len(rows) > wanted.limit else None,
        searched=jobs.searched,
    )


@router.get("/jobs/counts", operation_id="count_jobs")
async def show_counts(
    runtime: CurrentRuntime, principal: CurrentPrincipal, wanted: Annotated[JobSearch, Query()]
) -> StateCounts:
    """Count the jobs of a filter by state, each state up to 10,000; the filter's own `state` does not narrow."""
    async with runtime.database.connection() as conn:
        counted = await count_states(conn, confined(principal, wanted.as_filter()))
    return StateCounts.model_validate({"states": counted}, from_attributes=True)


@router.get("/jobs/stream", operation_id="stream_jobs", response_class=Response, responses=_STREAM)
async def stream_jobs(request: Request, hub: CurrentHub) -> Response:
    """Stream `changed`, at most once a second, when any job changed: load the list again."""
    guard = watched(request, Permission.JOBS_READ)
    return await EventStream.begin(job_changes(hub), send_timeout=request.app.state.pace.send, guard=guard)


@router.get("/jobs/{job_id}", operation_id="show_job")
async def show_job(
    job_id: UUID,
    runtime: CurrentRuntime,
    hub: CurrentHub,
    wait: Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the final state.")] = 0,
) -> JobView:
    """Show a job with its input and result; with `wait`, as soon as it has its final state."""
    if wait:
        await hub.wait_final(job_id, wait)
    async with runtime.database.connection() as conn:
        row = await show.show_job(conn, job_id)
        why = await explain(conn, job_id, State(row["state"]), now=runtime.clock.now)
    return JobView.model_validate({**present(row), "why": present_why(why)})


@router.get("/jobs/{job_id}/events", operation_id="list_events", response_model=EventPage, responses=_STREAM)
async def show_events(
    job_id: UUID,
    request: Request,
    *,
    runtime: CurrentRuntime,
    after: After = "0",
    limit: EventLimit = 200,
    children: WithChildren = False,
) -> Response:
    """List what a job reported, or stream it with `Accept: text/event-stream`.

    A stream begins with `state`, sent again at each change; the events have their numbers as ids (`Last-Event-ID`
    resumes after one); `end` is the last message. `reset` says that the client has to load everything anew.
    With `children` those of the jobs that it called come as `child`.
    """
    if is_asked_for(request):
        hub, pace, place = request.app.state.hub, request.app.state.pace, last_seen(request, after, children=children)
        messages = (
            family_messages(hub, job_id, after=place, pace=pace)
            if children
            else job_messages(hub, job_id, after=place[0], pace=pace)
        )
        guard = watched(request, Permission.JOBS_READ)
        return await EventStream.begin(event_stream(messages), send_timeout=pace.send, guard=guard)
    if children:
        raise InvalidInput("Only a stream tells of children: see also the job's `updates`", pointer="/children")
    async with runtime.database.connection() as conn:
        rows = await show.list_events(conn, job_id, after=number_of(read_place(after)), limit=limit)
    page = EventPage.model_validate({"items": rows, "next_after": rows[-1]["seq"] if len(rows) == limit else None})
    return Response(page.model_dump_json(), media_type="application/json", headers={"Vary": "Accept"})


@router.get("/jobs/{job_id}/updates", operation_id="list_updates", response_model=UpdatePage)
async def show_updates(job_id: UUID, runtime: CurrentRuntime, after: After = "0") -> Response:
    """Page what the stream of the job and its children would tell by now: for where no stream can be held open."""
    async with runtime.database.connection() as conn:
        updates = await read_updates(conn, job_id, read_place(after))
    items = [{"event": told.event, "data": orjson.Fragment(told.data)} for told in updates.messages]
    page = {"items": items, "after": ".".join(map(str, updates.place)), "has_more": updates.has_more}
    return Response(orjson.dumps(page), media_type="application/json")


@router.get("/jobs/{job_id}/steps", operation_id="list_steps")
async def show_steps(job_id: UUID, runtime: CurrentRuntime) -> list[StepView]:
    """List the finished steps in the order they were finished."""
    async with runtime.database.connection() as conn:
        return [StepView.model_validate(row) for row in await show.list_steps(conn, job_id)]


@router.get("/jobs/{job_id}/attempts", operation_id="list_attempts")
async def show_attempts(job_id: UUID, runtime: CurrentRuntime) -> list[AttemptView]:
    """List the executions, the present or last one included."""
    async with runtime.database.connection() as conn:
        return [AttemptView.model_validate(row) for row in await show.list_runs(conn, job_id)]


@router.put("/jobs/{job_id}/cancellation", operation_id="cancel_job")
async def cancel_job(job_id: UUID, runtime: CurrentRuntime, response: Response) -> Cancelled:
    """Cancel a job: 200 when it is cancelled, 202 while its worker stops it. A job that ended otherwise is 409."""
    async with runtime.database.transaction() as conn:
        try:
            state = await cancel(conn, job_id, now=runtime.clock.now)
        except JobFinished:
            state = State((await show.show_job(conn, job_id))["state"])
            if state is not State.CANCELLED:
                raise
    runtime.wakeups.mark({CANCEL, JOBS})
    response.status_code = 200 if state.is_final else 202
    return Cancelled(id=job_id, state=state, links=links(job_id))


@router.post("/jobs/{job_id}/retry", status_code=202, response_model=AcceptedJob, operation_id="retry_job")
async def retry_job(job_id: UUID, runtime: CurrentRuntime, once: Idempotency) -> Response:
    """Submit a finished job again, as a new job that inherits its finished steps."""
    topics = {JOBS}

    async def do() -> Response:
        job = await retry(conn, job_id, now=runtime.clock.now)
        topics.add(queue_topic(job.queue))
        return accepted_again(job)

    async with runtime.database.transaction() as conn:
        answer = await once.answer(conn, do)
    runtime.wakeups.mark(topics)
    return answer
