"""The OpenAPI file: FastAPI's, with our one form of error and what every operation needs."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import JSONResponse

from headrace.accounts.permission import Permission
from headrace.web.gate import COOKIE, Gate, gate_of, needs
from headrace.web.problem import MEDIA_TYPE, Problem

router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.JOBS_READ)])

DESCRIPTION = """Durable AI background jobs. A submission is answered with 202 once the job is committed; wait for its
result with `?wait=30`, or watch its events as they come. Every error is `application/problem+json` with a stable `code`."""
_ANSWER = {
    "description": "The request was not done; `code` and `detail` say why.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`hr_…`), the access token of a sign-in, or the token of a link to one job.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The session of a browser, set at sign-in. Calls from a trusted network need no credential.",
    },
}


@router.get("/openapi.json")
async def show_document(request: Request) -> JSONResponse:
    """Return the OpenAPI document."""
    return JSONResponse(request.app.openapi())


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
        app.openapi_schema = _with_security(_with_problems(document), app)
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


def _with_security(document: dict[str, Any], app: FastAPI) -> dict[str, Any]:
    document["components"]["securitySchemes"] = SCHEMES
    for route in iter_route_contexts(app.routes):
        gate = gate_of(route) if isinstance(route.original_route, APIRoute) else None
        for method, operation in document["paths"].get(route.path_format, {}).items():
            if gate is not None and method.upper() in (route.methods or ()):
                operation["security"] = _security(gate, method.upper())
    return document


def _security(gate: Gate, method: str) -> list[dict[str, list[str]]]:
    """Return OpenAPI's requirements: any scheme with the permission, which version 3.1 lets it name; none for anybody."""
    needed = gate.needed_by(method)
    return [] if gate.is_open_to(method) else [{scheme: [needed] if needed else []} for scheme in SCHEMES]
