"""`headrace bulk`: cancel, retry, replay or delete all jobs of a filter, in the background of the server."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from headrace.cli.filters import narrowed
from headrace.cli.reach import part, reach
from headrace.cli.tables import AsJson, moment, show_json, show_table
from headrace.errors import InvalidInput

bulk = typer.Typer(name="bulk", help="Cancel, retry, replay or delete all jobs of a filter.", no_args_is_help=True)

BulkId = Annotated[str, typer.Argument(help="Id of the bulk action.")]


class Action(StrEnum):
    """What is done to each job."""

    CANCEL = "cancel"
    RETRY = "retry"
    REPLAY = "replay"
    DELETE = "delete"


@bulk.command()
@narrowed
def start(
    action: Annotated[Action, typer.Argument(help="What to do to each job.")],
    *,
    wanted: dict[str, object],
    id: Annotated[list[str] | None, typer.Option(help="These jobs, if the rest fits; up to 1,000 times.")] = None,  # noqa: A002 - the word of the API
    from_step: Annotated[str | None, typer.Option(help="With replay: the step at which each begins anew.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All jobs: needed when nothing narrows them.")] = False,
) -> None:
    """Begin with the jobs that are there now, newest first; prints the bulk action's id."""
    meant = wanted | ({"id": id} if id else {})
    if bool(meant) == every:
        raise InvalidInput("Say which jobs are meant, such as --state failed, or --all")
    with reach() as server:
        body = {"action": action, "filter": meant, "from_step": from_step}
        typer.echo(server.post("/bulk-actions", body)["id"])


@bulk.command("list")
def list_bulk(as_json: AsJson = False) -> None:
    """List the newest hundred, with their progress."""
    with reach() as server:
        found = server.get("/bulk-actions")
    _print(found, found, as_json=as_json)


@bulk.command()
def show(bulk_id: BulkId, as_json: AsJson = False) -> None:
    """Show how far one is."""
    with reach() as server:
        found = server.get(f"/bulk-actions/{part(bulk_id)}")
    _print(found, [found], as_json=as_json)


@bulk.command()
def abort(bulk_id: BulkId) -> None:
    """End one where it is; what it did stays done."""
    with reach() as server:
        server.put(f"/bulk-actions/{part(bulk_id)}/abortion")


def _print(answer: object, found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        show_json(answer)
        return
    head = ("id", "action", "state", "of", "done", "skipped", "begun (UTC)", "filter")
    names = ("id", "action", "state", "total", "done", "skipped")
    show_table(head, [(*(one[name] for name in names), moment(one["created_at"]), one["filter"]) for one in found])
