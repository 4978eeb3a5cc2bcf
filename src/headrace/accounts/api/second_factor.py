"""The second factor over HTTP: set it up, confirm it, renew its recovery codes, remove it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from headrace.accounts import second_factor, session, user
from headrace.accounts.api.own_account import Presence, be_present
from headrace.accounts.permission import Permission
from headrace.errors import NotFound
from headrace.web.act import CurrentAct
from headrace.web.body import Body
from headrace.web.gate import SIGNED_IN, CurrentPerson, needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth/second-factor", tags=["accounts"], dependencies=[SIGNED_IN])
of_others = APIRouter(prefix="/admin", tags=["administration"], dependencies=[needs(Permission.ADMIN)])


class Confirmation(Body):
    """A code that shows that the app was set up."""

    code: Annotated[str, Field(min_length=1, max_length=second_factor.CODE_MAX)]


class SecondFactorView(BaseModel):
    """How one's second factor stands."""

    model_config = ConfigDict(from_attributes=True)

    is_on: bool
    since: datetime | None
    recovery_codes: int = Field(description="How many are left.")


class EnrolmentView(BaseModel):
    """What an authenticator app is set up with, shown this once."""

    model_config = ConfigDict(from_attributes=True)

    seed: str = Field(description="To type in.")
    address: str = Field(description="To open on the device that has the app: `otpauth://totp/…`.")
    qr_code: str = Field(description="The same as an image, in a `data:` URL.")


class RecoveryCodes(BaseModel):
    """Codes for when the app is lost, shown this once; each counts once."""

    recovery_codes: list[str]


@router.get("", operation_id="show_second_factor")
async def show(runtime: CurrentRuntime, person: CurrentPerson) -> SecondFactorView:
    """Show whether one's sign-in takes a code of an app."""
    async with runtime.database.connection() as conn:
        return SecondFactorView.model_validate(await second_factor.status(conn, person.id))


@router.post("", status_code=201, operation_id="enrol_second_factor")
async def enrol(body: Presence, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> EnrolmentView:
    """Make a seed for an authenticator app; it counts once a code of it was confirmed."""
    present = await be_present(runtime, person, act, body)
    async with runtime.database.transaction() as conn:
        made = await second_factor.enrol(conn, runtime.keyring, person.id, email=present.email, now=runtime.clock.now)
    return EnrolmentView.model_validate(made)


@router.put("/confirmation", operation_id="confirm_second_factor")
async def confirm(body: Confirmation, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> RecoveryCodes:
    """Turn it on by a first code, end one's other sessions, and show the recovery codes."""
    async with runtime.database.transaction() as conn:
        codes = await second_factor.confirm(conn, runtime.keyring, person.id, body.code, now=runtime.clock.now)
        await session.end_all(conn, person.id, but=person.session_id)
        await act.note(conn, "second_factor.on", f"user:{person.id}")
    return RecoveryCodes(recovery_codes=codes)


@router.post("/recovery-codes", status_code=201, operation_id="renew_recovery_codes")
async def renew(body: Presence, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> RecoveryCodes:
    """Make new recovery codes; the old ones count no more."""
    await be_present(runtime, person, act, body)
    async with runtime.database.transaction() as conn:
        if not (await second_factor.status(conn, person.id)).is_on:
            raise NotFound("There is no second factor to recover")
        codes = await second_factor.renew_recovery_codes(conn, person.id)
        await act.note(conn, "second_factor.codes_renewed", f"user:{person.id}")
    return RecoveryCodes(recovery_codes=codes)


@router.put("/removal", status_code=204, operation_id="remove_second_factor")
async def remove(body: Presence, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> None:
    """Let oneself sign in by the password alone again."""
    await be_present(runtime, person, act, body)
    async with runtime.database.transaction() as conn:
        if await second_factor.remove(conn, person.id):
            await act.note(conn, "second_factor.off", f"user:{person.id}")


@of_others.delete("/users/{user_id}/second-factor", status_code=204, operation_id="remove_second_factor_of_user")
async def remove_of_user(user_id: UUID, runtime: CurrentRuntime, act: CurrentAct) -> None:
    """Remove a user's second factor: of somebody who lost both the app and the recovery codes."""
    async with runtime.database.transaction() as conn:
        await user.show(conn, user_id)
        if not await second_factor.remove(conn, user_id):
            raise NotFound("This user has no second factor")
        await act.note(conn, "second_factor.off", f"user:{user_id}")
