"""Reading what was said in a call, or why that is not kept."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from headrace.ai.statement import run
from headrace.db.connect import Connection
from headrace.errors import NotFound

_OPEN = "The call is under way; its messages are kept when it has ended."
_SENSITIVE = "The input of this task has sensitive fields, so nothing is kept of what its models are told."
_LOST = "Nobody was left to tell what was said."
_NONE = "None were kept: HEADRACE_AI_KEEP_MESSAGES was off, or there was no secret key to encrypt them with."


@dataclass(frozen=True, slots=True)
class Kept:
    """A call, and its messages, sealed, if they are kept."""

    task: str
    state: str
    sealed: str | None

    def why_none(self, *, is_sensitive: bool) -> str:
        """Return why there are no messages; `is_sensitive` says that the input of the call's task is."""
        if is_sensitive:
            return _SENSITIVE
        return {"open": _OPEN, "lost": _LOST}.get(self.state, _NONE)


async def read_messages(conn: Connection, job: UUID, call: UUID) -> Kept:
    """Return what is kept of a job's call; raises `NotFound`."""
    row = await (await run(conn, "read_messages", job=job, call=call)).fetchone()
    if row is None:
        raise NotFound(f"Job {job} made no AI call {call}")
    return Kept(row["task"], row["state"], row["sealed"])
