"""`headrace queues`: list, pause, resume, limit."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from headrace.cli.reach import part, reach
from headrace.cli.tables import AsJson, show_json, show_table
from headrace.errors import InvalidInput

queues = typer.Typer(name="queues", help="List, pause and limit queues.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the queue.")]


@queues.command("list")
def list_queues(as_json: AsJson = False) -> None:
    """List the queues: what waits, since when, and who serves it."""
    with reach() as server:
        found = server.get("/queues")
    if as_json:
        show_json(found)
        return
    head = ("queue", "ready", "oldest", "workers", "paused", "concurrency", "spacing")
    show_table(head, [_row(queue) for queue in found])


@queues.command()
def pause(name: Name) -> None:
    """Claim nothing more from a queue; what runs goes on."""
    with reach() as server:
        server.put(f"/queues/{part(name)}/pause")


@queues.command()
def resume(name: Name) -> None:
    """End the pause of a queue."""
    with reach() as server:
        server.delete(f"/queues/{part(name)}/pause")


@queues.command()
def limit(
    name: Name,
    concurrency: Annotated[int | None, typer.Option(help="Jobs that run at once, on all workers.")] = None,
    rate: Annotated[str | None, typer.Option(metavar="COUNT/SECONDS", help="Claims in a time: 100/60.")] = None,
) -> None:
    """Bound a queue; a limit that is not given is lifted."""
    with reach() as server:
        server.put(f"/queues/{part(name)}/limits", {"concurrency": concurrency, "rate": _rate(rate)})


def _rate(words: str | None) -> dict[str, Any] | None:
    if words is None:
        return None
    found = re.fullmatch(r"(\d+)/(\d+(?:\.\d+)?)", words)
    if found is None:
        raise InvalidInput(f"A rate is COUNT/SECONDS, such as 100/60, not {words!r}")
    return {"count": int(found[1]), "seconds": float(found[2])}


def _row(queue: dict[str, Any]) -> tuple[object, ...]:
    age, spacing = (_seconds(queue[name]) for name in ("oldest_age_seconds", "spacing_seconds"))
    return (queue["name"], queue["depth"], age, queue["workers"], queue["paused"], queue["concurrency"], spacing)


def _seconds(value: float | None) -> str | None:
    return None if value is None else f"{value:,.1f} s"
