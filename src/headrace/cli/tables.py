"""What the commands that list and show print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from headrace.cli.screen import clean

AsJson = Annotated[bool, typer.Option("--json", help="Print the server's answer as JSON.")]
NOTHING = "-"


def show_json(value: object) -> None:
    """Print a value as one line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def show_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their heads, in aligned columns; in a terminal long cells are broken to its width."""
    cells = [[text(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        _show_on_terminal(head, cells)
        return
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    for row in (head, *cells):
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def show_facts(facts: Mapping[str, object]) -> None:
    """Print named values below each other."""
    width = max(map(len, facts))
    for name, value in facts.items():
        typer.echo(f"{name.ljust(width)}  {text(value)}")


def text(value: object) -> str:
    """Return a value as a cell shows it: one line, harmless to a terminal."""
    match value:
        case None | "" | []:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case {"text": str(tally)}:
            return tally
        case list():
            return ", ".join(map(text, value))
        case dict():
            return clean(json.dumps(value, ensure_ascii=False))
        case _:
            return clean(str(value)).replace("\n", " ")


def moment(value: Any) -> str | None:  # noqa: ANN401 - a member of an answer's JSON
    """Return a time of an answer, which is in UTC, to the second."""
    return str(value)[:19].replace("T", " ") if value else None


def _show_on_terminal(head: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    Console(highlight=False, markup=False, emoji=False).print(table)
