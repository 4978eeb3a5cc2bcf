"""Whom to tell of a hole: `/.well-known/security.txt` (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from headrace.web.gate import ANYBODY
from headrace.web.runtime import CurrentRuntime

LIFE = timedelta(days=180)

router = APIRouter(include_in_schema=False, dependencies=[ANYBODY])


@router.get("/.well-known/security.txt")
async def security_txt(runtime: CurrentRuntime) -> PlainTextResponse:
    """Return the file, if an operator says whom to tell."""
    settings = runtime.settings
    if settings.security_contact is None:
        raise HTTPException(404, "No contact is set; an operator can set HEADRACE_SECURITY_CONTACT")
    expires = (datetime.now(UTC) + LIFE).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {settings.security_contact}", f"Expires: {expires.isoformat()}", "Preferred-Languages: en"]
    if settings.public_url:
        lines.append(f"Canonical: {settings.public_url.rstrip('/')}/.well-known/security.txt")
    return PlainTextResponse("\n".join(lines) + "\n")
