"""The hatch: submissions pass FastAPI's routing and injection by, which would take half of their time.

Their routes stand in FastAPI's router like any other, for the OpenAPI document and whoever looks through the routes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeAlias, get_type_hints

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, ValidationError
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from headrace.json import loads
from headrace.web.body import body_of
from headrace.web.gate import gate_of, principal_of
from headrace.web.idempotency import once

Take: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


class HatchRoute(APIRoute):
    """A route without parameters whose function takes `body`, `principal`, `runtime`, `intake` and `once`, and no more."""

    def get_route_handler(self) -> Take:
        """Return what passes the gate that the route declares, reads the body as its model and calls the function."""
        gate, submit, model = gate_of(self), self.endpoint, get_type_hints(self.endpoint)["body"]
        assert gate is not None

        async def take(request: Request) -> Response:
            await gate(request)
            state = request.app.state
            principal, runtime = await principal_of(request), state.runtime
            asked = await once(request, runtime, principal, request.headers.get("idempotency-key"))
            body = _read(model, body_of(request.scope))
            response: Response = await submit(
                body=body, principal=principal, runtime=runtime, intake=state.intake, once=asked
            )
            return response

        return take


def open_hatch(app: ASGIApp, routes: Sequence[BaseRoute]) -> ASGIApp:
    """Wrap `app`: of its `routes`, those that are `HatchRoute`s are found by their path alone."""
    takers = {
        route.path: (route.original_route, route.original_route.get_route_handler())
        for route in iter_route_contexts(routes)
        if isinstance(route.original_route, HatchRoute)
    }

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        found = takers.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if found is None:
            await app(scope, receive, send)
            return
        scope["route"], take = found
        response = await take(Request(scope, receive, send))
        await response(scope, receive, send)

    return wrapped


def _read(model: type[BaseModel], body: bytes) -> BaseModel:
    """Return a body that passed the door as its model; raises what FastAPI would raise."""
    if not body:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    try:
        return model.__pydantic_validator__.validate_python(loads(body), from_attributes=True)  # type: ignore[no-any-return]
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from None
