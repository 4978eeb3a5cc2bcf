"""Which jobs a command means: the options that `headrace jobs list` and `headrace bulk` share."""

from __future__ import annotations

from typing import Annotated

import typer

States = Annotated[list[str] | None, typer.Option("--state", help="State; may be given several times.")]
Tasks = Annotated[list[str] | None, typer.Option("--task", help="Full name of the task; several times.")]
Queues = Annotated[list[str] | None, typer.Option("--queue", help="Queue; several times.")]
Owner = Annotated[str | None, typer.Option("--owner", help="Whose jobs.")]
Tag = Annotated[str | None, typer.Option("--tag", help="One of their tags.")]
CreatedFrom = Annotated[
    str | None, typer.Option("--created-from", metavar="TIME", help="Submitted then or later: 2026-11-22T06:00:00Z.")
]
CreatedUntil = Annotated[str | None, typer.Option("--created-until", metavar="TIME", help="Submitted before then.")]
