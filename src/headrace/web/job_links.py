"""Links that show one job, over HTTP: make them, list them, withdraw them."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from headrace.accounts import job_link
from headrace.accounts.job_link import LIFE, LIFE_MAX, JobLink
from headrace.accounts.permission import Permission
from headrace.jobs.show import show_job
from headrace.web.act import CurrentAct
from headrace.web.body import Body
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/jobs/{job_id}/links", tags=["jobs"], dependencies=[needs(Permission.JOBS_WRITE)])


class NewJobLink(Body):
    """A link to be."""

    seconds: int = Field(
        int(LIFE.total_seconds()), ge=60, le=int(LIFE_MAX.total_seconds()), description="How long it shows the job."
    )


class JobLinkView(BaseModel):
    """A link that shows a job."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    job_id: UUID
    made_by: UUID | None
    created_at: datetime
    expires_at: datetime


class NewJobLinkView(JobLinkView):
    """A link as it is shown this once."""

    url: str = Field(description="The page to give away; the token is behind the #, where no server's log sees it.")
    token: str = Field(description="For programs: `Authorization: Bearer` on everything that reads this job.")


@router.post("", status_code=201, operation_id="create_job_link")
async def create_job_link(job_id: UUID, body: NewJobLink, runtime: CurrentRuntime, act: CurrentAct) -> NewJobLinkView:
    """Make a link that shows this job, with all that belongs to it, to whoever has it."""
    life, maker, now = timedelta(seconds=body.seconds), act.actor.user_id, runtime.clock.now
    async with runtime.database.transaction() as conn:
        await show_job(conn, job_id)
        made, token = await job_link.create(conn, job_id, made_by=maker, life=life, now=now)
        await act.note(conn, "job_link.made", f"job:{job_id}", link=made.id, seconds=body.seconds)
    base = (runtime.settings.public_url or runtime.settings.address).rstrip("/")
    return NewJobLinkView(**_view(made).model_dump(), url=f"{base}/shared?job={job_id}#{token}", token=token)


@router.get("", operation_id="list_job_links")
async def list_job_links(job_id: UUID, runtime: CurrentRuntime) -> list[JobLinkView]:
    """List the links that show this job, the newest first."""
    async with runtime.database.connection() as conn:
        await show_job(conn, job_id)
        return [_view(found) for found in await job_link.list_links(conn, job_id, now=runtime.clock.now)]


@router.delete("/{link_id}", status_code=204, operation_id="delete_job_link")
async def delete_job_link(job_id: UUID, link_id: UUID, runtime: CurrentRuntime, act: CurrentAct) -> None:
    """Withdraw a link; it shows nothing at once."""
    async with runtime.database.transaction() as conn:
        await job_link.withdraw(conn, job_id, link_id)
        await act.note(conn, "job_link.withdrawn", f"job:{job_id}", link=link_id)


def _view(found: JobLink) -> JobLinkView:
    return JobLinkView.model_validate(found)
