"""Roles and what each may do; a key's scopes are permissions, too."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; each of these may do more than the one before, but a viewer sees all and a member only his."""

    VIEWER = "viewer"
    MEMBER = "member"
    OPERATOR = "operator"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a route needs."""

    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    OPERATIONS_READ = "operations:read"
    QUEUES_WRITE = "queues:write"
    SCHEDULES_WRITE = "schedules:write"
    AI_READ = "ai:read"
    AI_WRITE = "ai:write"
    ADMIN = "admin"


_VIEWER = frozenset({Permission.JOBS_READ, Permission.OPERATIONS_READ, Permission.AI_READ})
_MEMBER = frozenset({Permission.JOBS_READ, Permission.JOBS_WRITE, Permission.AI_READ})
_OF_ROLE = {
    Role.VIEWER: _VIEWER,
    Role.MEMBER: _MEMBER,
    Role.OPERATOR: frozenset(Permission) - {Permission.ADMIN},
    Role.ADMIN: frozenset(Permission),
}


def granted(role: Role, scopes: Iterable[str] | None = None) -> frozenset[Permission]:
    """Return what a role may do, cut down to the scopes of a key; `None` cuts nothing, unknown scopes grant nothing."""
    return _OF_ROLE[role] if scopes is None else frozenset(_OF_ROLE[role].intersection(scopes))
