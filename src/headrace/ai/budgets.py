"""Budgets: set, shown, lifted; what a day or a month may cost, for an app, a task, an owner, or all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from headrace.ai.budget import Budget, Period
from headrace.ai.call import INSTALLATION
from headrace.ai.statement import run
from headrace.db.connect import Connection
from headrace.errors import InvalidInput, NotFound

SCOPE_MAX = 300
KINDS = ("app", "task", "owner")


async def set_budgets(
    conn: Connection, scope: str, limits: Mapping[Period, int | None], *, now: datetime | None = None
) -> None:
    """Set what a scope may spend in each period, in the caller's transaction; `None` lifts that budget.

    A new budget counts what was spent in its period already. Raises `InvalidInput` for a scope that is none.
    """
    charged = _charged(scope)
    await run(conn, "block_budgets")
    [clock] = await (await run(conn, "read_clock", now=now)).fetchall()
    for period, limit in limits.items():
        if limit is None:
            await run(conn, "delete_budget", scope=scope, period=period)
            continue
        await run(
            conn,
            "set_budget",
            scope=scope,
            period=period,
            limit_nano_usd=limit,
            since=period.begin(clock["now"]),
            **charged,
            now=now,
        )


async def list_budgets(
    conn: Connection,
    scope: str | None = None,
    *,
    after: str | None = None,
    without_owners: bool = False,
    limit: int = 1,
    now: datetime | None = None,
) -> dict[str, dict[Period, Budget]]:
    """Return budgets by scope, as they stand now: of one scope, or of those after a scope."""
    wanted = {"scope": scope, "after": after, "without_owners": without_owners}
    rows = await (await run(conn, "list_budgets", **wanted, limit=limit, now=now)).fetchall()
    found: dict[str, dict[Period, Budget]] = {}
    for row in rows:
        moment = row.pop("now").astimezone(UTC)
        budget = Budget.of(row)
        budget.turn(moment)
        found.setdefault(budget.scope, {})[budget.period] = budget
    return found


async def show_budget(conn: Connection, scope: str, *, now: datetime | None = None) -> dict[Period, Budget]:
    """Return the budgets of one scope; raises `NotFound`."""
    found = await list_budgets(conn, scope, now=now)
    if scope not in found:
        raise NotFound(f"There is no budget for {scope}")
    return found[scope]


def _charged(scope: str) -> dict[str, str | None]:
    """Return whose calls a budget bounds: those of an app, a task or an owner, or all."""
    kind, _, name = scope.partition(":")
    if scope != INSTALLATION and (kind not in KINDS or not name or len(scope) > SCOPE_MAX):
        raise InvalidInput(
            f"A budget is for installation, app:NAME, task:NAME or owner:NAME, not for {scope[:SCOPE_MAX]!r}"
        )
    return {one: name if one == kind else None for one in KINDS}
