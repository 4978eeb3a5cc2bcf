"""Which jobs a command means: the options that `headrace jobs list` and `headrace bulk start` share."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated

import typer

# By the API's names of what a list of jobs is narrowed by.
FILTERS: dict[str, object] = {
    "state": Annotated[list[str] | None, typer.Option(help="State; may be given several times.")],
    "task": Annotated[list[str] | None, typer.Option(help="Full name of the task; several times.")],
    "queue": Annotated[list[str] | None, typer.Option(help="Queue; several times.")],
    "owner": Annotated[str | None, typer.Option(help="Whose jobs.")],
    "tag": Annotated[str | None, typer.Option(help="One of their tags.")],
    "created_from": Annotated[
        str | None, typer.Option(metavar="TIME", help="Submitted then or later: 2026-11-22T06:00:00Z.")
    ],
    "created_until": Annotated[str | None, typer.Option(metavar="TIME", help="Submitted before then.")],
    "min_seconds": Annotated[float | None, typer.Option(help="The last run took at least this.")],
    "max_seconds": Annotated[float | None, typer.Option(help="The last run took at most this.")],
    "min_cost_nano_usd": Annotated[int | None, typer.Option(help="The AI calls came to at least this.")],
    "error": Annotated[str | None, typer.Option(help="Part of the error's message.")],
    "fingerprint": Annotated[str | None, typer.Option(help="Failed by this error.")],
    "input": Annotated[list[str] | None, typer.Option(help="PATH=VALUE of the input, such as customer.id=7.")],
    "children": Annotated[bool | None, typer.Option(help="With or without the jobs that another one called.")],
}


def narrowed(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `FILTERS`, before its own; those that were used come to it as `wanted`."""

    @functools.wraps(command)
    def run(**given: object) -> None:
        filters = {name: given.pop(name) for name in FILTERS}
        command(**given, wanted={name: value for name, value in filters.items() if value is not None})

    own = [one for one in inspect.signature(command, eval_str=True).parameters.values() if one.name != "wanted"]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in FILTERS.items()
    ]
    arguments = [one for one in own if one.default is inspect.Parameter.empty]
    options = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own if one not in arguments]
    parameters = [*arguments, *shared, *options]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run
