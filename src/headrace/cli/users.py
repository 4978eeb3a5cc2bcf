"""`headrace users` and `headrace roles`: who has an account, and what each role may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headrace.cli.reach import part, reach
from headrace.cli.tables import AsJson, moment, show_json, show_table
from headrace.errors import NotFound

if TYPE_CHECKING:
    from headrace.cli.server import Server

users = typer.Typer(name="users", help="List, add, change and delete users.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="E-mail address of the account.")]
Role = Annotated[str, typer.Option(help="viewer, member, operator or admin.")]


@users.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List the users in the order they were made."""
    with reach() as server:
        found = list(_all(server))
    if as_json:
        show_json(found)
        return
    show_table(("e-mail", "role", "name", "last sign-in (UTC)", "disabled"), [_row(user) for user in found])


@users.command()
def add(email: Email, role: Role = "member", name: Annotated[str, typer.Option(help="Their name.")] = "") -> None:
    """Make a user and print a link by which they set their password."""
    with reach() as server:
        made = server.post("/admin/users", {"email": email, "role": role, "name": name})
        typer.echo(_reset(server, made))


@users.command("role")
def set_role(email: Email, role: Annotated[str, typer.Argument(help="viewer, member, operator or admin.")]) -> None:
    """Change what a user may do; it counts at once."""
    with reach() as server:
        server.patch(_path(server, email), {"role": role})


@users.command()
def reset(email: Email) -> None:
    """Print a link by which a user sets a new password; it works once."""
    with reach() as server:
        typer.echo(_reset(server, find_user(server, email)))


@users.command()
def disable(email: Email) -> None:
    """Sign a user out everywhere and let them in no more."""
    with reach() as server:
        server.patch(_path(server, email), {"disabled": True})


@users.command()
def enable(email: Email) -> None:
    """Let a disabled user in again."""
    with reach() as server:
        server.patch(_path(server, email), {"disabled": False})


@users.command()
def delete(email: Email) -> None:
    """Delete a user with sessions and keys; their jobs stay."""
    with reach() as server:
        server.delete(_path(server, email))


def roles(as_json: AsJson = False) -> None:
    """List the roles and what each may do."""
    with reach() as server:
        found = server.get("/admin/roles")
    if as_json:
        show_json(found)
        return
    show_table(
        ("role", "only what is its own", "permissions"),
        [(role["role"], role["own_only"], role["permissions"]) for role in found],
    )


def _reset(server: Server, user: dict[str, Any]) -> str:
    return str(server.post(f"/admin/users/{user['id']}/reset-link")["url"])


def _path(server: Server, email: str) -> str:
    return f"/admin/users/{part(find_user(server, email)['id'])}"


def find_user(server: Server, email: str) -> dict[str, Any]:
    """Return the user with an address; raises `NotFound`."""
    wanted = email.strip().casefold()
    found = next((user for user in _all(server, wanted) if user["email"].casefold() == wanted), None)
    if found is None:
        raise NotFound(f"There is no user {email}; `headrace users list` shows those there are")
    return found


def _all(server: Server, words: str | None = None) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = server.get("/admin/users", {"q": words, "limit": 200, "cursor": cursor})
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _row(user: dict[str, Any]) -> tuple[object, ...]:
    return (user["email"], user["role"], user["name"], moment(user["signed_in_at"]), moment(user["disabled_at"]))
