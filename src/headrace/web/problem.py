"""Errors over HTTP: problem+json (RFC 9457) with a stable `code`, never the input and never a traceback."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, Field
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
DETAIL_MAX = 1_000


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    detail: str
    source: Literal["body", "query", "path", "header", "cookie"] = "body"
    pointer: str | None = Field(None, description="JSON pointer (RFC 6901) into the body.")
    parameter: str | None = Field(None, description="Name of the parameter, when it is not the body.")


class Problem(BaseModel):
    """Why a request was not done, and what would mend it."""

    type: str = Field(description="`urn:headrace:problem:` and the code.")
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable name of the error; programs decide by it.")
    errors: list[Fault] = Field(default_factory=list)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    faults: list[Fault] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer for an error."""
    body = Problem(
        type=f"urn:headrace:problem:{code}",
        title=_title(status),
        status=status,
        detail=detail[:DETAIL_MAX],
        code=code,
        errors=faults or [],
    )
    # ASCII only: whatever a message quotes, it can be sent.
    content = json.dumps(body.model_dump(exclude_none=True), ensure_ascii=True)
    return Response(content, status, dict(headers or {}), MEDIA_TYPE)


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
