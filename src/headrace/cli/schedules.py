"""`headrace schedules`: list, pause, resume, run now, next times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headrace.cli.reach import part, reach
from headrace.cli.tables import AsJson, moment, show_json, show_table

if TYPE_CHECKING:
    from headrace.cli.server import Server

schedules = typer.Typer(name="schedules", help="List, pause and run schedules.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the schedule.")]


@schedules.command("list")
def list_schedules(as_json: AsJson = False) -> None:
    """List all schedules by name."""
    with reach() as server:
        found = list(_pages(server))
    if as_json:
        show_json(found)
        return
    show_table(("schedule", "task", "cron", "timezone", "next (UTC)", "state"), [_row(schedule) for schedule in found])


@schedules.command()
def pause(name: Name) -> None:
    """Fire nothing until the pause ends."""
    with reach() as server:
        server.put(f"/schedules/{part(name)}/pause")


@schedules.command()
def resume(name: Name) -> None:
    """End the pause, from now on: times that passed meanwhile are not made up for."""
    with reach() as server:
        server.delete(f"/schedules/{part(name)}/pause")


@schedules.command()
def run(name: Name) -> None:
    """Submit the schedule's job now; prints its id. The planned times stay."""
    with reach() as server:
        typer.echo(server.post(f"/schedules/{part(name)}/firings")["id"])


@schedules.command("next")
def show_next(name: Name, as_json: AsJson = False) -> None:
    """Print the next five times; none while it is paused or retired."""
    with reach() as server:
        times = server.get(f"/schedules/{part(name)}")["next_times"]
    if as_json:
        show_json(times)
        return
    for time in times:
        typer.echo(f"{moment(time)} UTC")


def _pages(server: Server) -> Iterator[dict[str, Any]]:
    page = server.get("/schedules", {"limit": 200})
    yield from page["items"]
    while page["next_cursor"]:
        page = server.get("/schedules", {"limit": 200, "cursor": page["next_cursor"]})
        yield from page["items"]


def _row(schedule: dict[str, Any]) -> tuple[object, ...]:
    state = "retired" if schedule["retired_at"] else "paused" if schedule["paused_at"] else "active"
    names = ("name", "task", "cron", "timezone")
    return (*(schedule[name] for name in names), moment(schedule["next_at"]), state)
