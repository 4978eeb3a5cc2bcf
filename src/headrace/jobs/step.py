"""A call of a step: what it asks, and the answer if an earlier run has it."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic import TypeAdapter

from headrace.jobs.journal import StoredStep


class StepCall(msgspec.Struct, frozen=True):
    """One call of a step: its unique name, the hash of what was asked, the stored answer if it finished before."""

    name: str
    args_hash: str
    adapter: TypeAdapter[Any]
    stored: StoredStep | None
    started: float
    place: int | None = None

    def decode(self, result: bytes) -> Any:  # noqa: ANN401 - whatever the step's type is
        """Return the value as its type, from the JSON that is stored."""
        return self.adapter.validate_json(result)
