"""API keys over HTTP: one's own, and for administrators everybody's."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from headrace.accounts import key, user
from headrace.accounts.api.sign_in import CurrentEntrance
from headrace.accounts.key import GRACE_MAX, LIFE_MAX, NAME_MAX, ApiKey
from headrace.accounts.permission import Permission
from headrace.accounts.principal import Principal
from headrace.accounts.proof import as_principal
from headrace.db.connect import Connection
from headrace.runtime import Runtime
from headrace.web.act import Act, CurrentAct
from headrace.web.body import Body
from headrace.web.gate import SIGNED_IN, CurrentPerson, needs
from headrace.web.runtime import CurrentRuntime

router = APIRouter(prefix="/auth/keys", tags=["accounts"], dependencies=[SIGNED_IN])
of_all = APIRouter(prefix="/admin", tags=["administration"], dependencies=[needs(Permission.ADMIN)])


class NewKey(Body):
    """A key to be."""

    name: str = Field(min_length=1, max_length=NAME_MAX, pattern=r"^[^\x00-\x1f]*$", examples=["ci"])
    scopes: list[Annotated[str, Field(max_length=50)]] = Field(
        max_length=50, examples=[["jobs:read", "jobs:write"]], description="What it may do of what its user may."
    )
    days: int | None = Field(None, ge=1, le=LIFE_MAX.days, description="How long it is good; without, until withdrawn.")


class Rotation(Body):
    """How a key is exchanged."""

    grace_seconds: int = Field(
        86_400, ge=0, le=int(GRACE_MAX.total_seconds()), description="How long the old text is good beside the new."
    )


class KeyView(BaseModel):
    """A key, of which only the end is shown."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    name: str
    last4: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="Noted once a minute.")
    old_until: datetime | None = Field(description="Until when the text is good that this one replaced.")
    key_id: str = Field(description="Which of the installation's secret keys knows it; its use moves it to the newest.")


class NewKeyView(KeyView):
    """A key as it is shown this once."""

    key: str = Field(description="For `Authorization: Bearer`. It can't be shown again.")


@router.get("", operation_id="list_keys")
async def list_keys(runtime: CurrentRuntime, person: CurrentPerson) -> list[KeyView]:
    """List one's keys, the newest first."""
    async with runtime.database.connection() as conn:
        return _views(await key.list_keys(conn, person.id))


@router.post("", status_code=201, operation_id="create_key")
async def create_key(body: NewKey, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> NewKeyView:
    """Make a key of one's own."""
    async with runtime.database.transaction() as conn:
        return await _make(conn, runtime, act, body, owner=person.principal)


@router.post("/{key_id}/rotation", operation_id="rotate_key")
async def rotate_key(key_id: UUID, body: Rotation, entrance: CurrentEntrance, person: CurrentPerson) -> NewKeyView:
    """Exchange a key for a new text; the old one is good for a while longer."""
    runtime, grace = entrance.runtime, timedelta(seconds=body.grace_seconds)
    async with runtime.database.transaction() as conn:
        text = await key.rotate(conn, runtime.keyring, key_id, user_id=person.id, grace=grace, now=runtime.clock.now)
        await entrance.act.note(conn, "key.rotated", f"key:{key_id}", grace_seconds=body.grace_seconds)
        return _whole(await key.show(conn, key_id, user_id=person.id), text)


@router.delete("/{key_id}", status_code=204, operation_id="delete_key")
async def delete_key(key_id: UUID, runtime: CurrentRuntime, person: CurrentPerson, act: CurrentAct) -> None:
    """Withdraw one of one's keys; it counts no more at once."""
    async with runtime.database.transaction() as conn:
        await key.withdraw(conn, key_id, user_id=person.id)
        await act.note(conn, "key.withdrawn", f"key:{key_id}")


@of_all.get("/keys", operation_id="list_all_keys")
async def list_all_keys(runtime: CurrentRuntime) -> list[KeyView]:
    """List the keys of everybody, the newest first, at most a thousand."""
    async with runtime.database.connection() as conn:
        return _views(await key.list_keys(conn, None))


@of_all.post("/users/{user_id}/keys", status_code=201, operation_id="create_key_of_user")
async def create_key_of_user(user_id: UUID, body: NewKey, runtime: CurrentRuntime, act: CurrentAct) -> NewKeyView:
    """Make a key for a user, such as one that stands for a program."""
    async with runtime.database.transaction() as conn:
        owner = as_principal(await user.show(conn, user_id))
        return await _make(conn, runtime, act, body, owner=owner)


@of_all.delete("/keys/{key_id}", status_code=204, operation_id="delete_any_key")
async def delete_any_key(key_id: UUID, runtime: CurrentRuntime, act: CurrentAct) -> None:
    """Withdraw anybody's key; it counts no more at once."""
    async with runtime.database.transaction() as conn:
        await key.withdraw(conn, key_id, user_id=None)
        await act.note(conn, "key.withdrawn", f"key:{key_id}")


async def _make(conn: Connection, runtime: Runtime, act: Act, body: NewKey, *, owner: Principal) -> NewKeyView:
    life = timedelta(days=body.days) if body.days else None
    key_id, text = await key.create(
        conn, runtime.keyring, owner, name=body.name, scopes=body.scopes, life=life, now=runtime.clock.now
    )
    await act.note(conn, "key.made", f"key:{key_id}", user=owner.user_id, **body.model_dump())
    return _whole(await key.show(conn, key_id, user_id=owner.user_id), text)


def _views(keys: list[ApiKey]) -> list[KeyView]:
    return [KeyView.model_validate(one) for one in keys]


def _whole(made: ApiKey, text: str) -> NewKeyView:
    return NewKeyView(**KeyView.model_validate(made).model_dump(), key=text)
