"""What routes depend on: the runtime and its live hub. All are `async`: FastAPI calls a plain function in a thread."""

from typing import Annotated, cast

from fastapi import Depends, Request

from headrace.live.hub import Hub
from headrace.runtime import Runtime


async def runtime_of(request: Request) -> Runtime:
    """Return the runtime that `create_app` was given."""
    return cast("Runtime", request.app.state.runtime)


async def hub_of(request: Request) -> Hub:
    """Return the application's hub."""
    return cast("Hub", request.app.state.hub)


CurrentRuntime = Annotated[Runtime, Depends(runtime_of)]
CurrentHub = Annotated[Hub, Depends(hub_of)]
