"""Ending calls: a batch of outcomes is written, and charged to jobs, budgets and sums, in one transaction; each once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from headrace.ai.call import Outcome, scopes_of
from headrace.ai.opening import Room, lock_room
from headrace.ai.speed import FIRST_TOKEN, bucket_of, packed
from headrace.ai.statement import run
from headrace.db.connect import Connection
from headrace.json import dumps

LOST_AGE_SECONDS = 5.0
# A provider's wish to wait binds all workers for so long at most: then one call tries whether it still holds.
HOLD_MAX = timedelta(minutes=10)
# The day under which the sums of all days are kept.
ALL_TIME = date(1970, 1, 1)
_LOST = "The worker that made this call died or lost its job before it could tell how the call ended."
_REPAIRS = {"again", "mended"}
_TOKENS = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")
_SUMMED = (*_TOKENS, "cost_nano_usd", "calls", "failed", "lost", "cached", "unpriced", "repairs")


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that ended: `outcome` is `None` if nobody knows how, and then it counts as what it had reserved.

    `held` is the limit at which the provider's wish to wait is noted.
    """

    call_id: UUID
    job_id: UUID
    outcome: Outcome | None
    held: str | None = None


@dataclass(slots=True)
class _Sum:
    """What calls of one day, task, owner and model come to, and how many of them fall into which bucket of the times."""

    counts: Counter[str] = field(default_factory=Counter)
    times: Counter[int] = field(default_factory=Counter)

    @property
    def row(self) -> dict[str, Any]:
        return {**{name: self.counts[name] for name in _SUMMED}, "times": packed(self.times)}


@dataclass(slots=True)
class _Sums:
    calls: list[dict[str, Any]] = field(default_factory=list)
    jobs: dict[UUID, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    spend: dict[tuple[object, ...], _Sum] = field(default_factory=lambda: defaultdict(_Sum))


async def settle_calls(
    conn: Connection, ended: Sequence[Ended], *, shard: int = 0, now: datetime | None = None
) -> list[bool]:
    """Settle calls; false for those that were settled before.

    A call that was given up as lost is still settled by whoever made it, once; its sums are put right.
    """
    by_id = {item.call_id: item for item in ended}
    async with conn.pipeline(), conn.transaction():
        await run(conn, "lock_billed", ids=sorted({item.job_id for item in ended}))
        rows = await (await run(conn, "lock_calls", ids=sorted(by_id))).fetchall()
        due = [row for row in rows if _is_due(row, by_id[row["id"]].outcome)]
        if due:
            room = await lock_room(conn, names=_names(due), scopes=_scopes(due), now=now)
            sums = _Sums()
            for row in due:
                _settle(row, by_id[row["id"]].outcome, room, sums)
            await _write(conn, sums, room, shard)
    settled = {row["id"] for row in due}
    return [item.call_id in settled for item in ended]


async def settle_orphans(conn: Connection, *, now: datetime | None = None) -> int:
    """Settle open calls whose run is over as lost, up to 500; what they had reserved counts as spent."""
    rows = await (await run(conn, "find_orphans", now=now, age=LOST_AGE_SECONDS)).fetchall()
    if not rows:
        return 0
    settled = await settle_calls(conn, [Ended(row["id"], row["job_id"], None) for row in rows], now=now)
    return sum(settled)


def _is_due(row: DictRow, outcome: Outcome | None) -> bool:
    return row["state"] == "open" or (row["state"] == "lost" and outcome is not None)


def _names(rows: Sequence[DictRow]) -> list[str]:
    return sorted({name for row in rows for name in (row["provider"], f"{row['provider']}:{row['model']}")})


def _scopes(rows: Sequence[DictRow]) -> list[str]:
    return sorted({scope for row in rows for scope in scopes_of(row["task"], row["owner"])})


def _settle(row: DictRow, outcome: Outcome | None, room: Room, sums: _Sums) -> None:
    written = _lost(row) if outcome is None else {"id": row["id"], **outcome.row}
    sums.calls.append(written)
    is_first = row["state"] == "open"
    # What it was settled with before, as lost, is taken off again.
    before: Mapping[str, Any] = {} if is_first else row
    delta = {name: (written[name] or 0) - (before.get(name) or 0) for name in (*_TOKENS, "cost_nano_usd")}
    billed = {name: delta[name] for name in ("input_tokens", "output_tokens", "cost_nano_usd")}
    sums.jobs[row["job_id"]].update(billed | {"stored_bytes": len(written["messages"] or "")})
    day = row["started_at"].astimezone(UTC).date()
    key = (day, row["task"], row["owner"], row["provider"], row["model"])
    for of in (key, (ALL_TIME, "", "", row["provider"], row["model"])):
        sums.spend[of].counts.update(delta | _counts(row, written, is_first=is_first))
        sums.spend[of].times.update(_buckets(row, written, room.now))
    reserved = (row["reserved_nano_usd"] or 0) if is_first else 0
    for scope in scopes_of(row["task"], row["owner"]):
        for budget in room.budgets.get(scope, ()):
            budget.settle(row["started_at"], reserved=reserved, cost=delta["cost_nano_usd"])
    if is_first:
        _give_back(row, written, outcome, room)


def _give_back(row: DictRow, written: Mapping[str, Any], outcome: Outcome | None, room: Room) -> None:
    used = (written["input_tokens"] or 0) + (written["output_tokens"] or 0)
    for name in _names([row]):
        if limit := room.limits.get(name):
            limit.give_back(row["started_at"], used - row["reserved_tokens"])
            if outcome is not None and outcome.hold is not None and name != row["provider"]:
                limit.hold(room.now + min(outcome.hold, HOLD_MAX))


def _buckets(row: DictRow, written: Mapping[str, Any], now: datetime) -> list[int]:
    """Return where a call stands in the histograms; how long one took that failed or was lost says nothing."""
    took, first = (now - row["started_at"]) / timedelta(milliseconds=1), written["first_token_ms"]
    of_answer = [bucket_of(took)] if written["state"] == "ok" else []
    return of_answer + ([] if first is None else [FIRST_TOKEN + bucket_of(first)])


def _counts(row: DictRow, written: Mapping[str, Any], *, is_first: bool) -> dict[str, int]:
    is_lost, is_unpriced = written["state"] == "lost", _is_unpriced(written)
    repairs = int((written["rung"] or row["rung"]) in _REPAIRS)
    if not is_first:  # it was counted as lost, with or without a price
        repairs -= int(row["rung"] in _REPAIRS)
        return {"lost": -1, "failed": int(written["state"] == "error"), "repairs": repairs}
    return {
        "calls": 1,
        "repairs": repairs,
        "failed": int(written["state"] == "error"),
        "lost": int(is_lost),
        "unpriced": int(is_unpriced),
    }


def _is_unpriced(written: Mapping[str, Any]) -> bool:
    return written["cost_nano_usd"] is None and written["input_tokens"] is not None


def _lost(row: DictRow) -> dict[str, Any]:
    lost = Outcome(state="error", error_code="lost", error_message=_LOST).row
    return lost | {
        "id": row["id"],
        "state": "lost",
        "input_tokens": row["reserved_input_tokens"],
        "output_tokens": row["reserved_output_tokens"],
        "is_estimated": True,
        "cost_nano_usd": row["reserved_nano_usd"],
    }


async def _write(conn: Connection, sums: _Sums, room: Room, shard: int) -> None:
    keys = ("day", "task", "owner", "provider", "model")
    spend = [dict(zip(keys, key, strict=True)) | of_key.row for key, of_key in sums.spend.items()]
    await run(
        conn,
        "write_settlement",
        ids=[call["id"] for call in sums.calls],
        calls=dumps(sums.calls),
        jobs=dumps([{"id": id_, **delta} for id_, delta in sums.jobs.items()]),
        spend=dumps(spend),
        shard=shard,
        at=room.now,
        **room.rows,
    )
