"""`headrace retention`: how long finished jobs are kept, and what would go now."""

from __future__ import annotations

from typing import Annotated

import typer

from headrace.cli.reach import reach
from headrace.cli.tables import AsJson, moment, show_facts, show_json, show_table

GIB = 1 << 30


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Also what the next run would delete.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how long finished jobs and the audit log are kept, and what the jobs hold; nothing is deleted by asking."""
    with reach() as server:
        found = server.get("/retention")
    if as_json:
        show_json(found)
        return
    kept = {f"{state} jobs": _days(days) for state, days in found["keep_days"].items()}
    kept["audit log"] = _days(found["keep_audit_days"])
    budget = found["budget_bytes"]
    show_facts(kept | {"hold": _gib(found["held_bytes"]), "may hold": _gib(budget) if budget else "no limit"})
    if dry_run:
        typer.echo("\nTo be deleted:")
        rows = [(due["state"], moment(due["before"]), due["jobs"], _gib(due["size_bytes"])) for due in found["due"]]
        show_table(("state", "ended before (UTC)", "jobs", "size"), rows)
        typer.echo(f"and for the limit {_gib(found['excess_bytes'])}, the oldest jobs first")


def _days(days: float | None) -> str:
    return "for ever" if days is None else f"{days:g} days"


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / GIB:,.2f} GiB"
