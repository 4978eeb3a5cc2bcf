"""What steps cost: the ledger's calls, summed by the run of a job that made them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from headrace.db.connect import Connection
from headrace.db.query import query


@dataclass(frozen=True, slots=True)
class StepCost:
    """What the AI calls of a step came to; `unpriced` of them have no known price."""

    cost_nano_usd: int
    calls: int
    unpriced: int


async def step_costs(conn: Connection, jobs: Collection[UUID]) -> dict[tuple[UUID, int, str], StepCost]:
    """Return what was spent, by job, number of the run and name of the step; steps without a call are not in it."""
    cursor = await conn.execute(query(__package__, "sum_step_costs"), {"jobs": list(jobs)})
    return {(job, run, step): StepCost(*sums) for job, run, step, *sums in await cursor.fetchall()}
