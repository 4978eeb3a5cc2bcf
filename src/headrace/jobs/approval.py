"""What a person says to a piece of work: the usual answer to wait for before something is published or paid."""

from __future__ import annotations

from pydantic import BaseModel, Field, JsonValue


class Approval(BaseModel):
    """A person's decision: `await job.wait_for("approval", Approval)`; who gave it is kept with the wait."""

    approved: bool
    comment: str = Field("", max_length=8_000)
    edits: dict[str, JsonValue] = Field(default_factory=dict, description="What is to be changed, by field.")
