"""Reaching the server of the settings, and the paths of what it has; imports the HTTP client when first used."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

from headrace import settings
from headrace.cli.credential import credential_of
from headrace.errors import InvalidInput

if TYPE_CHECKING:
    from headrace.cli.server import Server


def reach() -> Server:
    """Return the server of HEADRACE_HOST and HEADRACE_PORT; nothing is sent yet."""
    from headrace.cli.server import Server

    found = settings.load()
    return Server(found.address, credential_of(found))


def part(name: str) -> str:
    """Return a name as one part of a path."""
    return quote(name, safe="")


def job_path(job_id: str) -> str:
    """Return where a job is; raises `InvalidInput` if that is no id."""
    try:
        return f"/jobs/{UUID(job_id)}"
    except ValueError:
        raise InvalidInput(f"{job_id!r} is no job id; `headrace submit` prints one") from None
