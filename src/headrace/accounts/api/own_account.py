"""One's own account over HTTP: change the password or the e-mail address, and end it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, SecretStr

from headrace.accounts import session, user
from headrace.accounts.api import cookie
from headrace.accounts.api.sign_in import CurrentEntrance, Email, Password
from headrace.accounts.api.views import UserView
from headrace.accounts.password import hash_password, refuse_weak
from headrace.accounts.presence import Present, confirm_presence
from headrace.accounts.proof import Doorstep
from headrace.runtime import Runtime
from headrace.web.act import Act, CurrentAct
from headrace.web.body import Body
from headrace.web.gate import SIGNED_IN, CurrentPerson, Person
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[SIGNED_IN])

OwnPassword = Annotated[
    SecretStr | None,
    Field(max_length=1_024, description="The present one; without one, the sign-in has to be minutes old."),
]


class Presence(Body):
    """What shows that the user is there."""

    current_password: OwnPassword = None


class NewPassword(Presence):
    """Another password."""

    password: Password


class NewEmail(Presence):
    """Another e-mail address."""

    email: Email


@router.put("/password", status_code=204, operation_id="change_password")
async def change_password(body: NewPassword, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> None:
    """Change one's password, and end one's other sessions."""
    present = await be_present(runtime, person, act, body)
    text = body.password.get_secret_value()
    await refuse_weak(text, email=present.email)
    stored = await hash_password(text)
    async with runtime.database.transaction() as conn:
        await user.set_password(conn, person.id, stored)
        await session.end_all(conn, person.id, but=person.session_id)
        await act.note(conn, "password.changed", f"user:{person.id}")


@router.put("/email", operation_id="change_email")
async def change_email(body: NewEmail, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> UserView:
    """Change the address one signs in with."""
    present = await be_present(runtime, person, act, body)
    async with runtime.database.transaction() as conn:
        changed = await user.set_email(conn, person.id, body.email)
        await act.note(conn, "email.changed", f"user:{person.id}", before=present.email, after=changed.email)
    return UserView.model_validate(changed)


@router.post("/deletion", status_code=204, operation_id="delete_me")
async def delete_me(body: Presence, person: CurrentPerson, entrance: CurrentEntrance) -> None:
    """Delete one's account with its sessions and keys; one's jobs stay. The only administrator can't."""
    runtime = entrance.runtime
    present = await be_present(runtime, person, entrance.act, body)
    async with runtime.database.transaction() as conn:
        await user.delete(conn, person.id)
        await entrance.act.note(conn, "user.deleted", f"user:{person.id}", email=present.email)
    cookie.take(entrance.request, entrance.response)


async def be_present(runtime: Runtime, person: Person, act: Act, body: Presence) -> Present:
    """Return the user, shown to be there; raises as `confirm_presence`."""
    given = body.current_password.get_secret_value() if body.current_password else None
    doorstep = Doorstep(runtime.database, runtime.keyring, act.origin, runtime.clock.now)
    return await confirm_presence(doorstep, person.id, person.session_id, given)
