"""Reads the `.sql` files: one query a file, in the `queries` folder beside the code that runs it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import LiteralString


@cache
def query(package: str, name: str) -> LiteralString:
    """Return the text of `queries/<name>.sql` of a package; `FileNotFoundError` if there is none."""
    return files(package).joinpath("queries", f"{name}.sql").read_text("utf-8")
