"""Beginning calls: a batch is held against limits and budgets and written into the ledger in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from headrace.ai.budget import Budget
from headrace.ai.call import Call, Full, Gone, Opened, Spent, Verdict
from headrace.ai.limit import Limit
from headrace.ai.statement import run
from headrace.ai.turns import Turns
from headrace.db.connect import Connection
from headrace.json import dumps


@dataclass(slots=True)
class Room:
    """What calls take their room from, under lock: limits by name, budgets by scope, and whose turn it is."""

    now: datetime
    limits: dict[str, Limit]
    budgets: dict[str, list[Budget]]
    turns: Turns

    def take(self, call: Call) -> Opened | Full | Spent:
        """Take what the call needs, or say why it has to wait."""
        budgets = [budget for scope in call.scopes for budget in self.budgets.get(scope, ())]
        cost = call.reserve.nano_usd or 0
        for budget in budgets:
            if refusal := budget.refusal(cost):
                return refusal
        limits = [self.limits[name] for name in call.names if name in self.limits]
        if full := self._full(call, limits):
            return full
        for limit in limits:
            limit.take(call.reserve.tokens, self.now)
            self.turns.serve(limit.name, call.owner)
        for budget in budgets:
            budget.reserved_nano_usd += cost
        return Opened()

    @property
    def rows(self) -> dict[str, str]:
        """What is written back of limits and budgets."""
        budgets = [budget.row for of_scope in self.budgets.values() for budget in of_scope]
        return {"limits": dumps([limit.row for limit in self.limits.values()]), "budgets": dumps(budgets)}

    def _full(self, call: Call, limits: Sequence[Limit]) -> Full | None:
        waits = {
            limit.name: limit.wait(call.reserve.tokens, self.now, self.turns.ahead(limit.name, call.owner))
            for limit in limits
        }
        longest = max(((wait, name) for name, wait in waits.items() if wait is not None), default=None)
        if longest is None:
            return None
        self.turns.wait(longest[1], call.owner)
        return Full(longest[1], longest[0])


async def open_calls(conn: Connection, calls: Sequence[Call], *, now: datetime | None = None) -> list[Verdict]:
    """Begin those calls that may, and answer each; a batch that is sent again takes nothing twice."""
    ids = [call.id for call in calls]
    async with conn.pipeline(), conn.transaction():
        callers = await run(conn, "lock_callers", ids=sorted({call.job_id for call in calls}))
        known = await run(conn, "lock_calls", ids=ids)
        names = sorted({name for call in calls for name in call.names})
        scopes = sorted({scope for call in calls for scope in call.scopes})
        room = await lock_room(conn, names=names, scopes=scopes, now=now)
        fences = {row["id"]: row["fence"] for row in await callers.fetchall()}
        opened = {row["id"] for row in await known.fetchall()}
        asking = [call for call in calls if call.id not in opened and fences.get(call.job_id) == call.fence]
        verdicts: dict[UUID, Verdict] = {call.id: room.take(call) for call in room.turns.in_order(asking)}
        await _write(conn, [call for call in asking if isinstance(verdicts[call.id], Opened)], room)
    verdicts |= {id_: Opened() for id_ in opened}
    return [verdicts.get(id_, Gone()) for id_ in ids]


async def lock_room(conn: Connection, *, names: Sequence[str], scopes: Sequence[str], now: datetime | None) -> Room:
    """Lock and read limits and budgets, and the time once they are locked."""
    limits = await run(conn, "lock_limits", names=names)
    budgets = await run(conn, "lock_budgets", scopes=scopes)
    turns = await run(conn, "read_turns", names=names)
    clock = await run(conn, "read_clock", now=now)
    limited = {row["name"]: Limit.of(row) for row in await limits.fetchall()}
    rows, known = await budgets.fetchall(), await turns.fetchall()
    [at] = await clock.fetchall()
    budgeted: dict[str, list[Budget]] = {}
    for row in rows:
        budget = Budget.of(row)
        budget.turn(at["now"])
        budgeted.setdefault(budget.scope, []).append(budget)
    return Room(at["now"], limited, budgeted, Turns(known, at["now"]))


async def _write(conn: Connection, calls: Sequence[Call], room: Room) -> None:
    await run(
        conn,
        "write_opening",
        calls=dumps([call.row for call in calls]),
        turns=dumps([turn.row for turn in room.turns.changed]),
        at=room.now,
        **room.rows,
    )
