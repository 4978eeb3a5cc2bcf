"""The OpenAPI file: FastAPI's, with our one form of error for every operation."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse

from headrace.accounts.permission import Permission
from headrace.web.gate import needs
from headrace.web.problem import MEDIA_TYPE, Problem

router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.JOBS_READ)])

DESCRIPTION = """Durable AI background jobs. A submission is answered with 202 once the job is committed; wait for its
result with `?wait=30`, or watch its events as they come. Every error is `application/problem+json` with a stable `code`."""
_ANSWER = {
    "description": "The request was not done; `code` and `detail` say why.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@router.get("/openapi.json")
async def show_document(request: Request) -> JSONResponse:
    """Return the OpenAPI document."""
    return JSONResponse(request.app.openapi())


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _with_problems(
            get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
        )
    return app.openapi_schema


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"), Problem=problem)
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _ANSWER
    return document
