"""Planned briefs: kept until the daily round has them written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from headrace import NotFound, new_id
from headrace_apps.articles.brief import Brief
from headrace_apps.articles.models import Article, PlannedBrief

FAILURES_MAX = 3
# A round that did not come back within this time was cancelled or failed; its briefs are free again.
ROUND_MAX = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Turn:
    """A brief that a round has taken."""

    id: UUID
    brief: Brief


async def plan(session: AsyncSession, brief: Brief, *, owner: str | None = None) -> PlannedBrief:
    """Keep a brief for a coming round."""
    planned = PlannedBrief(
        id=new_id(),
        owner=owner,
        brief=brief.model_dump(mode="json"),
        created_at=func.now(),
        taken_at=None,
        failures=0,
        failure=None,
        article_id=None,
    )
    session.add(planned)
    await session.flush()
    await session.refresh(planned)
    return planned


async def list_planned(
    session: AsyncSession, *, limit: int, after: UUID | None = None, owner: str | None = None
) -> list[PlannedBrief]:
    """Return planned briefs, the oldest first, those that come after the given one; an owner's if one is given."""
    wanted = [PlannedBrief.id > after] if after else []
    wanted += [PlannedBrief.owner == owner] if owner is not None else []
    return list(await session.scalars(select(PlannedBrief).where(*wanted).order_by(PlannedBrief.id).limit(limit)))


async def check_owner(session: AsyncSession, brief_id: str, owner: str) -> None:
    """Raise `NotFound`, as for a brief that there isn't, unless it is the owner's."""
    try:
        wanted = PlannedBrief.id == UUID(brief_id)
    except ValueError:
        return  # the route says what is wrong with it
    if not await session.scalar(select(exists().where(wanted, PlannedBrief.owner == owner))):
        raise NotFound(f"There is no planned brief {UUID(brief_id)}")


async def drop(session: AsyncSession, brief_id: UUID) -> None:
    """Forget a brief; raises `NotFound`. An article that was written from it stays."""
    gone = await session.execute(delete(PlannedBrief).where(PlannedBrief.id == brief_id).returning(PlannedBrief.id))
    if gone.scalar_one_or_none() is None:
        raise NotFound(f"There is no planned brief {brief_id}")


async def take_turns(session: AsyncSession, most: int) -> list[Turn]:
    """Take the oldest briefs that are not written yet; no other round takes them meanwhile."""
    is_free = or_(PlannedBrief.taken_at.is_(None), PlannedBrief.taken_at < func.now() - ROUND_MAX)
    oldest = (
        select(PlannedBrief.id)
        .where(PlannedBrief.article_id.is_(None), PlannedBrief.failures < FAILURES_MAX, is_free)
        .order_by(PlannedBrief.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = await session.execute(
        update(PlannedBrief)
        .where(PlannedBrief.id.in_(oldest))
        .values(taken_at=func.now())
        .returning(PlannedBrief.id, PlannedBrief.brief)
    )
    return [Turn(id_, Brief.model_validate(brief)) for id_, brief in sorted(taken.all(), key=lambda row: row[0])]


async def note_written(session: AsyncSession, brief_ids: Sequence[UUID], outcomes: Sequence[UUID | str]) -> None:
    """Note for each brief the article that came of it, or why none did; a failed brief has two more rounds."""
    for brief_id, outcome in sorted(zip(brief_ids, outcomes, strict=True)):
        done = (
            {"article_id": outcome}
            if isinstance(outcome, UUID)
            else {"failures": PlannedBrief.failures + 1, "failure": outcome[:2_000], "taken_at": None}
        )
        await session.execute(update(PlannedBrief).where(PlannedBrief.id == brief_id).values(done))
        if isinstance(outcome, UUID):  # a round writes for all, and what it writes is whose brief it was
            whose = select(PlannedBrief.owner).where(PlannedBrief.id == brief_id).scalar_subquery()
            await session.execute(update(Article).where(Article.id == outcome).values(owner=whose))
