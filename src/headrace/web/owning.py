"""What belongs to whom: a submission gets its owner, and a list is narrowed to what who asks may see."""

from __future__ import annotations

from dataclasses import replace

from headrace.accounts.principal import Kind, Principal
from headrace.errors import Forbidden
from headrace.jobs.job_filter import JobFilter
from headrace.jobs.task import Options


def owned(principal: Principal, options: Options) -> Options:
    """Return the options of a submission with its owner; raises `Forbidden` for a member who names another.

    A member's unique keys are their own: stored behind the owner's name, they hold nobody else's jobs.
    """
    owner = owner_of(principal, options.get("owner"))
    key = options.get("unique_key")
    if principal.owner_only is not None and key is not None:
        key = f"{principal.owner_only}/{key}"
    return {**options, "owner": owner, "unique_key": key}


def owner_of(principal: Principal, wanted: str | None) -> str | None:
    """Return whose a new job is; raises `Forbidden` for a member who names another."""
    own = principal.owner_only
    if own is not None and wanted not in {None, own}:
        raise Forbidden("A member's jobs are their own; leave `owner` out")
    return principal.owner if wanted is None else wanted


def seen_owner(principal: Principal, wanted: str | None) -> str | None:
    """Return whose rows are listed, `None` for everybody's; raises `Forbidden` for a member who asks for another's."""
    own = principal.owner_only
    if own is not None and wanted not in {None, own}:
        raise Forbidden("A member sees their own; leave `owner` out")
    return wanted if own is None else own


def confined(principal: Principal, wanted: JobFilter) -> JobFilter:
    """Return a filter of jobs that finds what who asks may see."""
    return replace(wanted, owner=seen_owner(principal, wanted.owner))


def signature(principal: Principal, wanted: str | None) -> str | None:
    """Return who answers a wait: the account's address; what the request says counts where no account stands behind it."""
    return wanted if principal.kind in {Kind.LOCAL, Kind.TRUSTED} else principal.name
