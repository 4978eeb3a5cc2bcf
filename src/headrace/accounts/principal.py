"""Who asks: a person, a key, the trusted network, this machine's command line, a link, or nobody known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from headrace.accounts.permission import Permission, Role, granted

TRUSTED_OWNER = "trusted"


class Kind(StrEnum):
    """By what a principal is known."""

    USER = "user"
    KEY = "key"
    TRUSTED = "trusted"
    LOCAL = "local"
    LINK = "link"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks, and what for; immutable, and shared by the requests of one credential.

    `credential_id` is the session or key. `owner` is whose the jobs are that it submits. `job_id` is the one job that a link
    shows. `why` says of an anonymous one why its credential did not count.
    """

    kind: Kind
    name: str = ""
    user_id: UUID | None = None
    credential_id: UUID | None = None
    role: Role | None = None
    permissions: frozenset[Permission] = frozenset()
    owner: str | None = None
    job_id: UUID | None = None
    why: str = ""

    def may(self, permission: Permission | str) -> bool:
        """Whether it has a permission, such as `jobs:write`."""
        return permission in self.permissions

    @property
    def owner_only(self) -> str | None:
        """The owner whose rows are all that it sees and touches; `None` if it is bound to none."""
        return self.owner if self.role is Role.MEMBER else None

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is known to ask."""
        return self.kind is Kind.ANONYMOUS

    @property
    def identity(self) -> str:
        """The same for all credentials of one person; what one has done is not another's to repeat."""
        if self.user_id is not None:
            return f"user:{self.user_id}"
        return str(self.kind) if self.job_id is None else f"{self.kind}:{self.job_id}"


def anonymous(why: str = "") -> Principal:
    """Return nobody known."""
    return Principal(kind=Kind.ANONYMOUS, why=why)


def local() -> Principal:
    """Return the command line of this machine: whoever can read the secret key's file owns the installation."""
    return Principal(kind=Kind.LOCAL, name="local", role=Role.ADMIN, permissions=granted(Role.ADMIN))


def trusted() -> Principal:
    """Return the built-in member for calls without credential from a trusted network."""
    return Principal(
        kind=Kind.TRUSTED, name="trusted", role=Role.MEMBER, permissions=granted(Role.MEMBER), owner=TRUSTED_OWNER
    )


def person(
    user_id: UUID, name: str, role: Role, *, credential_id: UUID, key_scopes: Iterable[str] | None = None
) -> Principal:
    """Return a person by a session, or by a key if there are scopes."""
    return Principal(
        kind=Kind.USER if key_scopes is None else Kind.KEY,
        name=name,
        user_id=user_id,
        credential_id=credential_id,
        role=role,
        permissions=granted(role, key_scopes),
        owner=str(user_id),
    )
