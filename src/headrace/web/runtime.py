"""What routes depend on: the process's runtime and its live hub."""

from typing import Annotated, cast

from fastapi import Depends, Request

from headrace.jobs.intake import Intake
from headrace.live.hub import Hub
from headrace.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    """Return the runtime that `create_app` was given."""
    return cast("Runtime", request.app.state.runtime)


def hub_of(request: Request) -> Hub:
    """Return the application's hub."""
    return cast("Hub", request.app.state.hub)


def intake_of(request: Request) -> Intake:
    """Return the application's intake."""
    return cast("Intake", request.app.state.intake)


CurrentRuntime = Annotated[Runtime, Depends(runtime_of)]
CurrentHub = Annotated[Hub, Depends(hub_of)]
CurrentIntake = Annotated[Intake, Depends(intake_of)]
