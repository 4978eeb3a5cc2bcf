"""`headrace keys`: the API keys of users."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from headrace.cli.reach import part, reach
from headrace.cli.tables import AsJson, moment, show_json, show_table
from headrace.cli.users import Email, find_user

keys = typer.Typer(name="keys", help="List, make and withdraw API keys.", no_args_is_help=True)


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys of all users; a key itself is shown only when it is made."""
    with reach() as server:
        found = server.get("/admin/keys")
    if as_json:
        show_json(found)
        return
    head = ("id", "name", "owner", "ends in", "scopes", "last use (UTC)", "expires (UTC)")
    show_table(head, [_row(key) for key in found])


@keys.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[list[str] | None, typer.Option(help="Permission, such as jobs:write; several times.")] = None,
    days: Annotated[int | None, typer.Option(help="Days until it expires.")] = None,
) -> None:
    """Make a key for a user and print it, this once; without a scope it may do what its user may."""
    with reach() as server:
        user = find_user(server, email)
        made = server.post(f"/admin/users/{user['id']}/keys", {"name": name, "scopes": scope, "days": days})
        typer.echo(made["key"])


@keys.command()
def withdraw(key_id: Annotated[str, typer.Argument(help="Id of the key.")]) -> None:
    """Let a key open nothing any more."""
    with reach() as server:
        server.delete(f"/admin/keys/{part(key_id)}")


def _row(key: dict[str, Any]) -> tuple[object, ...]:
    times = (moment(key["last_used_at"]), moment(key["expires_at"]))
    return (key["id"], key["name"], key["owner"], key["last4"], key["scopes"], *times)
