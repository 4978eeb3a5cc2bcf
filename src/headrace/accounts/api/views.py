"""How accounts look from outside."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from headrace.accounts.permission import Permission, Role
from headrace.accounts.principal import Kind, Principal
from headrace.accounts.user import NAME_MAX, User

Name = Annotated[str, Field(max_length=NAME_MAX, pattern=r"^[^\x00-\x1f]*$")]


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UserView(_View):
    """A user."""

    id: UUID
    email: str
    name: str
    role: Role
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None


class SignedIn(BaseModel):
    """A session has begun; in a browser its cookie is set, too."""

    token: str = Field(description="Good for ten minutes as `Authorization: Bearer`.")
    expires_at: int = Field(description="When the token ends, in seconds since 1970.")
    user: UserView


class MeView(BaseModel):
    """Who asks, and what they may do."""

    kind: Kind
    id: UUID | None
    email: str | None
    name: str
    role: Role | None
    permissions: list[Permission]
    owner: str | None = Field(description="Whose the jobs are that are submitted so; null for nobody's.")

    @classmethod
    def of(cls, principal: Principal, user: User | None) -> "MeView":
        """Return the view of a principal, and of the user behind it."""
        return cls(
            kind=principal.kind,
            id=principal.user_id,
            email=user.email if user else None,
            name=user.name if user else principal.name,
            role=principal.role,
            permissions=sorted(principal.permissions),
            owner=principal.owner,
        )


class SessionView(_View):
    """A session: a browser's, or one that tokens name."""

    id: UUID
    kind: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str | None
    agent: str | None
    is_current: bool = Field(default=False, description="Whether it is the one that asks.")


class AuditView(BaseModel):
    """One thing that was done."""

    id: UUID
    at: datetime
    actor_kind: Kind
    actor_id: UUID | None
    actor_name: str
    action: str
    target: str
    address: str | None
    request_id: str | None = Field(description="`X-Request-Id` of the answer.")
    details: dict[str, JsonValue]


class RoleView(BaseModel):
    """A role and what it may do."""

    role: Role
    permissions: list[Permission]
    own_only: bool = Field(description="Whether it sees and touches only what is its own.")


def present_session(row: dict[str, Any], current: UUID | None) -> SessionView:
    """Return a session as the API shows it."""
    return SessionView.model_validate({**row, "is_current": row["id"] == current})
