"""Quotas over HTTP: what a user may have and has, set by administrators; and their check at the gate."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from headrace.accounts import user
from headrace.accounts.permission import Permission
from headrace.jobs.quota import Measured, Quota, Quotas, measure, set_quota
from headrace.web.act import CurrentAct
from headrace.web.body import Body
from headrace.web.gate import needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/admin/users", tags=["administration"], dependencies=[needs(Permission.ADMIN)])


async def _quotas_of(connection: HTTPConnection) -> Quotas:
    return cast("Quotas", connection.app.state.quotas)


CurrentQuotas = Annotated[Quotas, Depends(_quotas_of)]


class QuotaChange(Body):
    """What a user may have: 0 is no limit, null what the settings say."""

    jobs: int | None = Field(None, ge=0, le=10**9, description="Unfinished jobs.")
    bytes: int | None = Field(None, ge=0, le=2**53, description="Bytes that all jobs hold.")


class QuotaView(BaseModel):
    """What a user may have, and has."""

    jobs: int | None = Field(description="Unfinished jobs they may have; null for no limit.")
    bytes: int | None = Field(description="Bytes their jobs may hold; null for no limit.")
    own: QuotaChange = Field(description="What is set for this user alone.")
    used_jobs: int = Field(description="Unfinished jobs, among the newest 50,000.")
    used_bytes: int = Field(description="Bytes that the newest 50,000 jobs hold.")


@router.get("/{user_id}/quota", operation_id="show_quota")
async def show_quota(user_id: UUID, runtime: CurrentRuntime, quotas: CurrentQuotas) -> QuotaView:
    """Show what a user may have, and has."""
    async with runtime.database.connection() as conn:
        await user.show(conn, user_id)
        return _view(quotas, await measure(conn, str(user_id)))


@router.put("/{user_id}/quota", operation_id="set_quota")
async def change_quota(
    user_id: UUID, body: QuotaChange, *, runtime: CurrentRuntime, quotas: CurrentQuotas, act: CurrentAct
) -> QuotaView:
    """Set what a user may have; other web processes know within some seconds."""
    async with runtime.database.transaction() as conn:
        await user.show(conn, user_id)
        await set_quota(conn, str(user_id), Quota(body.jobs, body.bytes))
        await act.note(conn, "quota.changed", f"user:{user_id}", jobs=body.jobs, bytes=body.bytes)
        measured = await measure(conn, str(user_id))
    quotas.forget(str(user_id))
    return _view(quotas, measured)


def _view(quotas: Quotas, measured: Measured) -> QuotaView:
    holds = quotas.quota_of(measured)
    return QuotaView(
        jobs=holds.jobs,
        bytes=holds.bytes,
        own=QuotaChange(jobs=measured.own.jobs, bytes=measured.own.bytes),
        used_jobs=measured.jobs,
        used_bytes=measured.bytes,
    )
