"""Every exception that reaches the edge becomes a problem: expected ones as they say, an outage as 503, the rest as 500."""

import math

import psycopg
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headrace.db.connect import BROKEN
from headrace.errors import HeadraceError
from headrace.log import get_logger
from headrace.web.problem import Fault, problem

log = get_logger(__name__)

FAULTS_MAX = 20
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 422: "invalid_input"}
_SOURCES = {"query", "path", "header", "cookie"}


def answer_errors(app: ASGIApp) -> ASGIApp:
    """Wrap `app` so that no exception leaves it unanswered, unless the answer has begun already."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched_send(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await app(scope, receive, watched_send)
        except Exception as error:
            if has_begun or scope["type"] not in {"http", "websocket"}:
                raise
            await answer(error)(scope, receive, send)

    return wrapped


async def answer_raised(_request: Request, error: Exception) -> Response:
    """Answer what FastAPI would answer in its own form."""
    return answer(error)


def answer(error: Exception) -> Response:
    """Return the problem that tells `error`."""
    match _cause(error):
        case HeadraceError() as known:
            faults = [Fault(detail=str(known), pointer=known.pointer)] if known.pointer else []
            if known.status >= 500:
                log.warning("request.failed", code=known.code, error=str(known))
            return problem(known.status, known.code, str(known), faults=faults, headers=_headers(known))
        case RequestValidationError() as invalid:
            return _invalid(invalid)
        case HTTPException() as http:
            code = _CODES.get(http.status_code, "http_error")
            return problem(http.status_code, code, str(http.detail), headers=http.headers)
        case psycopg.errors.UniqueViolation():
            return problem(409, "conflict", "Somebody else stored the same at the same time; load it and try again.")
        case psycopg.DataError() as data:
            log.info("request.refused", error=str(data))
            return problem(
                422, "not_storable", "A value is outside what the database can hold (too large, or NUL in text)."
            )
        case PoolTimeout() | psycopg.OperationalError() | psycopg.InterfaceError() | psycopg.InternalError() as outage:
            log.warning("request.unavailable", error=str(outage))
            detail = "The database can't answer now; try again in a moment."
            return problem(503, "unavailable", detail, headers={"Retry-After": "1"})
        case unexpected:
            log.error("request.crashed", exc_info=unexpected)
            return problem(500, "internal", "Something went wrong here; the server's log says what.")


def _cause(error: Exception) -> Exception:
    """Return the driver's error that SQLAlchemy wrapped, without importing SQLAlchemy."""
    original = getattr(error, "orig", None)
    return original if isinstance(original, psycopg.Error | PoolTimeout) else error


def _headers(error: HeadraceError) -> dict[str, str]:
    if error.status == 401:
        return {"WWW-Authenticate": 'Bearer realm="headrace"'}
    after = error.retry_after
    if after is None and not isinstance(error, BROKEN):
        return {}
    return {"Retry-After": str(max(1, math.ceil(after.total_seconds())) if after else 1)}


def _invalid(error: RequestValidationError) -> Response:
    faults = [_fault(item["type"], item["msg"], tuple(map(str, item["loc"]))) for item in error.errors()[:FAULTS_MAX]]
    first = faults[0]
    where = first.pointer if first.source == "body" else f"{first.source} parameter {first.parameter}"
    more = f" (and {len(error.errors()) - 1} more)" if len(error.errors()) > 1 else ""
    return problem(422, "invalid_input", f"{where or 'The body'}: {first.detail}{more}", faults=faults)


def _fault(kind: str, text: str, place: tuple[str, ...]) -> Fault:
    # The one message of pydantic that quotes the input at length.
    detail = "The tag is none of the expected ones" if kind == "union_tag_invalid" else text[:300]
    match place:
        case (source, name, *_) if source in _SOURCES:
            return Fault.model_validate({"detail": detail, "source": source, "parameter": name[:100]})
        case _:
            return Fault(detail=detail, pointer="".join(f"/{_escaped(part)}" for part in place[1:]))


def _escaped(part: str) -> str:
    return part[:100].replace("~", "~0").replace("/", "~1")
