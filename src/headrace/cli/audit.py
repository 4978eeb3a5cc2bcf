"""`headrace audit`: what was done, by whom, from where."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from headrace.cli.reach import reach
from headrace.cli.tables import AsJson, moment, show_json, show_table


def audit(
    action: Annotated[str | None, typer.Option(help="Such as user.changed.")] = None,
    target: Annotated[str | None, typer.Option(help="Such as user: and an id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the newest entries of the audit log."""
    with reach() as server:
        found = server.get("/admin/audit", {"action": action, "target": target, "limit": limit})
    if as_json:
        show_json(found)
        return
    head = ("at (UTC)", "who", "action", "on", "from", "details")
    show_table(head, [_row(entry) for entry in found["items"]])


def _row(entry: dict[str, Any]) -> tuple[object, ...]:
    who = entry["actor_name"] or entry["actor_kind"]
    return (moment(entry["at"]), who, entry["action"], entry["target"], entry["address"], entry["details"] or None)
