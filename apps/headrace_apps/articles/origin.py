"""Where an article comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Source(StrEnum):
    """Who wrote a version."""

    HUMAN = "human"
    AI = "ai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who wrote an article, the job if it was one, what that cost, and whose it is."""

    source: Source
    job_id: UUID | None = None
    cost_nano_usd: int | None = None
    owner: str | None = None
