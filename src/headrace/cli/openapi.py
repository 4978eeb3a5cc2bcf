"""`headrace openapi`: the API's description as a file, for clients that are generated from it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headrace import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headrace.app import App


def openapi(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[APP]...", help="Files or modules that define apps; none means all installed apps."),
    ] = None,
) -> None:
    """Print the OpenAPI document of the API with these apps; the same every time. Needs neither server nor database."""
    from headrace.runtime import load_apps

    document = asyncio.run(_document(load_apps(targets or [])))
    typer.echo(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False))


async def _document(apps: Sequence[App]) -> dict[str, Any]:
    from headrace.runtime import Runtime
    from headrace.web.app import create_app

    runtime = Runtime.unconnected(settings.load(), apps)
    return create_app(runtime).openapi()
