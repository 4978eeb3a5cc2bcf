"""The schedules over HTTP: list, show, make, change, delete, pause, run now."""

from typing import Annotated, cast

from fastapi import APIRouter, Query, Response
from pydantic import Field, JsonValue, TypeAdapter

from headrace.accounts.permission import Permission
from headrace.db.connect import Connection, note_topics
from headrace.db.wake import JOBS, queue_topic
from headrace.jobs.views import AcceptedJob, accepted
from headrace.runtime import Runtime
from headrace.schedules import edit
from headrace.schedules.cron import CRON_MAX, Cron
from headrace.schedules.declare import read_now
from headrace.schedules.listing import NEXT_TIMES, list_firings, list_schedules, next_times
from headrace.schedules.schedule import MISSED_LIMIT, MISSED_LIMIT_MAX, NAME_MAX, Missed, Rule
from headrace.schedules.views import (
    ScheduleItem,
    ScheduleTimes,
    ScheduleView,
    present,
    present_whole,
)
from headrace.web.body import Body
from headrace.web.gate import needs
from headrace.web.idempotency import Idempotency
from headrace.web.paging import PAGE, Cursor, Limit, Page, decode_cursor, encode_cursor
from headrace.web.runtime import CurrentRuntime
from headrace.web.submission import accepted_answer

router = APIRouter(
    tags=["schedules"], dependencies=[needs(Permission.OPERATIONS_READ, to_change=Permission.SCHEDULES_WRITE)]
)

_PLACE: TypeAdapter[tuple[str]] = TypeAdapter(tuple[str])

CronText = Annotated[str, Field(max_length=CRON_MAX, description="Five fields.", examples=["0 6 * * 1-5"])]
ZoneText = Annotated[str, Field(max_length=100, description="IANA name.", examples=["Europe/Berlin"])]
Policy = Annotated[Missed, Field(strict=False, description="What becomes of times that passed while nobody fired.")]
PolicyLimit = Annotated[int, Field(ge=1, le=MISSED_LIMIT_MAX, description="How many times `all` makes up for.")]
Name = Annotated[str, Field(min_length=1, max_length=NAME_MAX, examples=["weekday-digest"])]


class NewSchedule(Body):
    """A schedule of any task."""

    name: Name
    task: str
    cron: CronText
    timezone: ZoneText = "UTC"
    input: JsonValue = None
    missed: Policy = Missed.ONCE
    missed_limit: PolicyLimit = MISSED_LIMIT


class ScheduleChanges(Body):
    """What to change; what is left out stays."""

    task: str = ""
    cron: CronText = ""
    timezone: ZoneText = ""
    input: JsonValue = None
    missed: Policy = Missed.ONCE
    missed_limit: PolicyLimit = MISSED_LIMIT


@router.get("/schedules", operation_id="list_schedules")
async def show_schedules(runtime: CurrentRuntime, cursor: Cursor = None, limit: Limit = PAGE) -> Page[ScheduleItem]:
    """List the schedules by name."""
    after = decode_cursor(cursor, _PLACE)[0] if cursor else None
    async with runtime.database.connection() as conn:
        rows = await list_schedules(conn, after=after, limit=limit + 1)
    items = [ScheduleItem.model_validate(present(row)) for row in rows[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].name) if len(rows) > limit else None)


@router.post("/schedules", status_code=201, response_model=ScheduleView, operation_id="create_schedule")
async def create_schedule(body: NewSchedule, runtime: CurrentRuntime, once: Idempotency) -> Response:
    """Make a schedule of any task; its first time is the next after now."""

    async def do() -> Response:
        await edit.create(conn, Rule(**body.model_dump()), runtime.tasks, now=runtime.clock.now)
        made = await _show(runtime, conn, body.name)
        return Response(made.model_dump_json(), 201, {"Location": made.links["self"]}, "application/json")

    async with runtime.database.transaction() as conn:
        return await once.answer(conn, do)


@router.get("/schedule-times", operation_id="preview_schedule_times")
async def preview_schedule_times(
    runtime: CurrentRuntime,
    cron: Annotated[str, Query(description="Five fields.", examples=["0 6 * * 1-5"])],
    timezone: Annotated[str, Query(description="IANA name.", examples=["Europe/Berlin"])] = "UTC",
) -> ScheduleTimes:
    """Show the next five times of an expression that no schedule has yet.

    What can't be read is answered as by the making of a schedule: with the pointer `/cron` or `/timezone`.
    """
    asked = Cron.parse(cron, timezone)
    async with runtime.database.connection() as conn:
        now = await read_now(conn, runtime.clock.now)
    return ScheduleTimes(times=asked.next_times(now, NEXT_TIMES))


@router.get("/schedules/{name}", operation_id="show_schedule")
async def show_schedule(name: str, runtime: CurrentRuntime) -> ScheduleView:
    """Show a schedule with its next five times and its last ten firings."""
    async with runtime.database.connection() as conn:
        return await _show(runtime, conn, name)


@router.patch("/schedules/{name}", operation_id="change_schedule")
async def change_schedule(name: str, body: ScheduleChanges, runtime: CurrentRuntime) -> ScheduleView:
    """Change a schedule made over the API. A new expression or time zone counts from now on."""
    changes = cast("edit.Changes", body.model_dump(exclude_unset=True))
    async with runtime.database.transaction() as conn:
        await edit.change(conn, name, changes, runtime.tasks, now=runtime.clock.now)
        return await _show(runtime, conn, name)


@router.delete("/schedules/{name}", status_code=204, operation_id="delete_schedule")
async def delete_schedule(name: str, runtime: CurrentRuntime) -> None:
    """Delete a schedule made over the API, or one that code no longer declares. Its jobs stay."""
    async with runtime.database.transaction() as conn:
        await edit.delete(conn, name)


@router.put("/schedules/{name}/pause", operation_id="pause_schedule")
async def pause_schedule(name: str, runtime: CurrentRuntime) -> ScheduleView:
    """Pause a schedule: it fires nothing until the pause ends."""
    return await _set_pause(runtime, name, paused=True)


@router.delete("/schedules/{name}/pause", operation_id="resume_schedule")
async def resume_schedule(name: str, runtime: CurrentRuntime) -> ScheduleView:
    """End the pause of a schedule: it goes on with its next time; those that passed meanwhile are not made up for."""
    return await _set_pause(runtime, name, paused=False)


@router.post("/schedules/{name}/firings", status_code=202, response_model=AcceptedJob, operation_id="run_schedule_now")
async def run_schedule_now(name: str, runtime: CurrentRuntime, once: Idempotency) -> Response:
    """Submit the schedule's job at once, also while it is paused; its planned times stay as they are."""

    async def do() -> Response:
        job, submitted = await edit.run_now(conn, name, runtime.tasks, now=runtime.clock.now)
        note_topics(conn, {JOBS, queue_topic(job.queue)})
        return accepted_answer(accepted(submitted, job.task, job.queue))

    async with runtime.database.transaction() as conn:
        return await once.answer(conn, do)


async def _set_pause(runtime: Runtime, name: str, *, paused: bool) -> ScheduleView:
    async with runtime.database.transaction() as conn:
        await edit.set_pause(conn, name, paused=paused, now=runtime.clock.now)
        return await _show(runtime, conn, name)


async def _show(runtime: Runtime, conn: Connection, name: str) -> ScheduleView:
    row = await edit.read_schedule(conn, name)
    times = await next_times(conn, row, runtime.clock.now)
    return present_whole(row, times, await list_firings(conn, name))
