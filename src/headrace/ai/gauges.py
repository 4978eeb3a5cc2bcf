"""What monitoring reads of the ledger, in three short queries: sums of all time, limits in use, money left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headrace.ai.budget import Budget
from headrace.ai.budgets import list_budgets
from headrace.ai.limits import list_limits
from headrace.ai.spend import total_spend
from headrace.db.connect import Connection

BUDGETS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class AiGauges:
    """The figures of one moment; budgets of owners are left out, there may be any number."""

    spend: list[dict[str, Any]]
    limits: list[dict[str, Any]]
    budgets: list[Budget]


async def read_ai_gauges(conn: Connection, *, now: datetime | None = None) -> AiGauges:
    """Return the figures."""
    found = await list_budgets(conn, without_owners=True, limit=BUDGETS_MAX, now=now)
    budgets = [budget for of_scope in found.values() for budget in of_scope.values()]
    return AiGauges(await total_spend(conn), await list_limits(conn, now=now), budgets)
