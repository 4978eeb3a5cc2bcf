"""Whether the process lives, whether it can serve, and how it is."""

import asyncio
from importlib.metadata import version

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from headrace.db.connect import BROKEN
from headrace.errors import Unavailable
from headrace.settings import Environment
from headrace.web.gate import ANYBODY
from headrace.web.runtime import CurrentRuntime

PATIENCE = 3.0

router = APIRouter(tags=["health"], dependencies=[ANYBODY])


class Live(BaseModel):
    """The process lives."""

    status: str = "ok"


class Health(BaseModel):
    """How the service is."""

    status: str
    service: str = "headrace"
    version: str
    environment: Environment = Field(description="What this installation is for.")
    checks: dict[str, str]
    ai_model: str = Field(description="Who answers when a task names no model; `offline:…` answers with placeholders.")


@router.get("/healthz", operation_id="is_live")
async def is_live() -> Live:
    """Say that the process lives; asks nothing of the database."""
    return Live()


@router.get("/readyz", operation_id="is_ready")
async def is_ready(runtime: CurrentRuntime) -> Live:
    """Say that requests can be served; 503 while the database does not answer."""
    if await _check_database(runtime) != "ok":
        raise Unavailable("PostgreSQL does not answer; try again in a moment")
    return Live()


@router.get("/health", operation_id="show_health", response_model=Health)
async def show_health(runtime: CurrentRuntime) -> JSONResponse:
    """Show the service's version and what it checked; 503 if a check failed."""
    checks = {"database": await _check_database(runtime)}
    is_ok = all(check == "ok" for check in checks.values())
    health = Health(
        status="ok" if is_ok else "degraded",
        version=version("headrace"),
        environment=runtime.settings.environment,
        checks=checks,
        ai_model=runtime.models.default,
    )
    return JSONResponse(health.model_dump(), 200 if is_ok else 503, {} if is_ok else {"Retry-After": "1"})


async def _check_database(runtime: CurrentRuntime) -> str:
    try:
        async with asyncio.timeout(PATIENCE), runtime.database.connection() as conn:
            await conn.execute("SELECT 1")
    except (TimeoutError, *BROKEN):
        return "unreachable"
    return "ok"
